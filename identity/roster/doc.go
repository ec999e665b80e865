// Package roster reads and writes the registers (aircraft, pilots, companies, sites) as people keep them: tables in CSV
// or XLSX. It is pure: bytes in, rows with their problems out, and back.
//
// A file is anybody's, so it is read as hostile. Every size is bounded before memory is spent ([Limits]); a file that
// breaks a bound is refused as a whole with the bound named. Nothing is evaluated: cells that are formulas, and text
// that a spreadsheet would take for one, are refused, and what is written is made harmless ([List.Write]). Spreadsheets
// are read here, from a zip that is only ever opened part by part, and written by excelize: a library that unpacks
// a workbook before it answers how large it is does not fit what comes from outside.
//
// What can be told of a row is told by row and field with a stable code (Codes), all of it at once.
package roster
