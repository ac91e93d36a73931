# sys.stdout and stderr set to None.
import sys
import warnings
keep = sys.stdout
print("kept")
sys.stdout = None
print("nowhere")
sys.stderr = None
warnings.warn("nowhere either")
keep.write("direct\n")
{}["k"]
