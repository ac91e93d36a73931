# Writes a file to the current directory.
set file [open "out.txt" w]
puts $file "written"
close $file
