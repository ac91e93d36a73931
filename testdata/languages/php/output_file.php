<?php
// Writes a file to the current directory.
file_put_contents("out.txt", "written\n");
