import sys
sys.stdout.write("out")
sys.stderr.write("err")
sys.exit("a message é \udc80")
