// Since Java 25 main need be neither static nor public, nor in a class that is
// written down.
//
// want status: success|compile_error
// want stdout: ^(42\n)?$
class Helper {
    int answer() {
        return 42;
    }
}

class Main {
    void main() {
        System.out.println(new Helper().answer());
    }
}
