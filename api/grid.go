package api

func (s *Server) gridOperations() {}
