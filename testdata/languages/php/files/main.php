<?php
// Requires a function from the file beside it.
require "util.php";

echo answer(), "\n";
