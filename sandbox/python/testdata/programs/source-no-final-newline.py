# ends without newline
import sys
sys.stdout.write("no newline here either")
sys.stderr.write("nor here")
x