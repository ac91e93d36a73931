# Destructors in modules of the program's own, which import each other.
import a1
class Q:
    def __del__(self):
        print("Q")
q = Q()
