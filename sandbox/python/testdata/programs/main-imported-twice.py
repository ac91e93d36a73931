# import main makes a second module from the same file.
import sys
print("run as", __name__)
if __name__ == "__main__":
    import main
    print(main is sys.modules["__main__"], main.__name__, main.__file__ == __file__, main.__spec__.name, main.__cached__, main.C is C if "C" in globals() else None)
    from main import value
    print(value, sorted(set(vars(main)) ^ set(globals())))
    import os
    print(os.path.exists("__pycache__"), os.listdir("__pycache__"))
value = __name__ + " value"
