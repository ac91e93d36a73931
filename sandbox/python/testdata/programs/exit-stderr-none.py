import sys
sys.stderr = None
print("out")
sys.exit("goes nowhere")
