<?php
// Runs another program and prints what it said.
echo shell_exec("echo child");
