import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.DiagnosticCollector;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles a program as javac does, but lets a file hold a public class of any name, and finds the
 * class to start.
 *
 * <p>Usage: {@code java Compile DIRECTORY ENTRY.java [OTHER.java ...]}. The classes go to the
 * directory, and so does a file "main.args" with the name of the class to start, for
 * {@code java @main.args}.
 */
public final class Compile {
    /** No package can be called so, and no class of a program can. */
    private static final String START = "main.args";

    /** Whether java starts a main that is no static method of a public class with arguments, too. */
    private static final boolean INSTANCE_MAIN = Runtime.version().feature() >= 25;

    public static void main(String[] args) throws IOException {
        List<String> files = Arrays.asList(args).subList(1, args.length);
        System.exit(compile(args[0], files) ? 0 : 1);
    }

    private static boolean compile(String directory, List<String> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        // The task does not count what its file manager finds wrong: bytes that are not UTF-8.
        DiagnosticCollector<JavaFileObject> misread = new DiagnosticCollector<>();
        StandardJavaFileManager manager = compiler.getStandardFileManager(misread, null, StandardCharsets.UTF_8);
        List<JavaFileObject> sources = new ArrayList<>();
        for (JavaFileObject file : manager.getJavaFileObjectsFromStrings(files)) {
            sources.add(new Source(file));
        }
        // -g: messages about null name the variable. -cp: only what is compiled here is looked for.
        List<String> options = List.of("-g", "-proc:none", "-d", directory, "-cp", directory);
        // Nobody listens to the diagnostics, so javac writes them to stderr in its own words.
        JavacTask task = (JavacTask) compiler.getTask(null, manager, null, options, null, sources);
        Starter starter = new Starter(task, sources.get(0));
        task.addTaskListener(starter);
        boolean compiled = task.call();
        misread.getDiagnostics().forEach(System.err::println);
        if (!compiled || !misread.getDiagnostics().isEmpty()) {
            return false;
        }
        if (starter.found == null) {
            System.err.println("error: no class has a method " + (INSTANCE_MAIN ? "void main()" : "public static void main(String[])"));
            return false;
        }
        // No character of a class name means anything in an @argfile: there is nothing to quote.
        Files.writeString(Path.of(directory, START), starter.found + "\n");
        return true;
    }

    /** A source file that does not mind what its public class is called; other names have a hyphen. */
    private static final class Source extends ForwardingJavaFileObject<JavaFileObject> {
        Source(JavaFileObject file) {
            super(file);
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return !simpleName.contains("-") || super.isNameCompatible(simpleName, kind);
        }
    }

    /** Looks at the classes of each file, in the order of the files, and keeps the best to start. */
    private static final class Starter implements TaskListener {
        private final Trees trees;
        private final Elements elements;
        private final JavaFileObject entry;
        private int best;
        String found;

        Starter(JavacTask task, JavaFileObject entry) {
            this.trees = Trees.instance(task);
            this.elements = task.getElements();
            this.entry = entry;
        }

        @Override
        public void finished(TaskEvent event) {
            if (event.getKind() != TaskEvent.Kind.ENTER) {
                return;
            }
            CompilationUnitTree file = event.getCompilationUnit();
            boolean inEntry = file.getSourceFile().toUri().equals(entry.toUri());
            for (Tree declaration : file.getTypeDecls()) {
                Element element = trees.getElement(new TreePath(new TreePath(file), declaration));
                if (element instanceof TypeElement) { // and not a stray semicolon
                    consider((TypeElement) element, inEntry);
                }
            }
        }

        /**
         * Of two that are as good, the first is kept. What every java starts is better than what only
         * newer ones do: a method of that name may have been meant for something else.
         */
        private void consider(TypeElement type, boolean inEntry) {
            int rank = 1 + (inEntry ? 8 : 0) + (type.getModifiers().contains(Modifier.PUBLIC) ? 2 : 0)
                    + (entry.toUri().getPath().endsWith("/" + type.getSimpleName() + ".java") ? 1 : 0);
            if (has(type, Starter::isClassicMain)) {
                rank += 4;
            } else if (!INSTANCE_MAIN || !has(type, Starter::isMain)) {
                return;
            }
            if (rank > best) {
                best = rank;
                found = elements.getBinaryName(type).toString();
            }
        }

        /** An inherited method will do: java finds it as well. */
        private boolean has(TypeElement type, Predicate<ExecutableElement> method) {
            return ElementFilter.methodsIn(elements.getAllMembers(type)).stream().anyMatch(method);
        }

        private static boolean isClassicMain(ExecutableElement method) {
            return isMain(method)
                    && method.getModifiers().containsAll(Set.of(Modifier.PUBLIC, Modifier.STATIC))
                    && method.getParameters().size() == 1;
        }

        private static boolean isMain(ExecutableElement method) {
            List<? extends VariableElement> parameters = method.getParameters();
            return method.getSimpleName().contentEquals("main")
                    && Collections.disjoint(method.getModifiers(), Set.of(Modifier.PRIVATE, Modifier.ABSTRACT))
                    && method.getReturnType().getKind() == TypeKind.VOID
                    && (parameters.isEmpty()
                            || parameters.size() == 1 && parameters.get(0).asType().toString().equals("java.lang.String[]"));
        }
    }
}
