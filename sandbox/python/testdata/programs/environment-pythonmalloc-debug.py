import sys
print(sys.flags.verbose, sys._xoptions, sys.flags.quiet)
