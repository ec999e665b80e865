// Package server joins the packages of the platform into one running process: `lowsky serve` is this package and
// flags, and internal/lab runs it in the tests. It is wiring only; whatever judges, keeps or shows lives elsewhere.
package server
