package org.rackweave.sim.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import picocli.CommandLine;

/**
 * All classes of Rackweave once more, of which one was compiled with a mistake in it. They are in a class loader of their
 * own, beside those of the product.
 */
public final class PlantedCore extends ClassLoader {
    private static final String OURS = "org.rackweave.";

    /** Only the build knows it: it is in no distribution. */
    private static final String NULLABLE_FILE = "org/jspecify/annotations/Nullable.java";

    private static final String NULLABLE = "package org.jspecify.annotations;"
            + " @java.lang.annotation.Target(java.lang.annotation.ElementType.TYPE_USE) public @interface Nullable {}";

    private final Map<String, byte[]> planted;

    private PlantedCore(CoreFault fault, Map<String, byte[]> planted, ClassLoader sound) {
        super(fault.name(), sound);
        this.planted = planted;
    }

    /** Whether this very class is a copy that was made for that fault. */
    public static boolean isPlanted(CoreFault fault) {
        return fault.name().equals(PlantedCore.class.getClassLoader().getName());
    }

    /**
     * Compiles a copy.
     *
     * @param sources the root of the sources that the mistake is in
     * @param sound where all other classes come from
     */
    public static PlantedCore compile(CoreFault fault, Path sources, ClassLoader sound) {
        Path file = sources.resolve(fault.file());
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read: run this in a checkout, or say where the sources are (--sources)", e);
        }
        return new PlantedCore(fault, compile(file, fault.in(text)), sound);
    }

    private static Map<String, byte[]> compile(Path file, String text) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("this Java has no compiler: use a JDK");
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        Kept kept = new Kept(compiler.getStandardFileManager(problems, Locale.ROOT, StandardCharsets.UTF_8));
        JavaFileObject source = new Source(file.toUri(), text);
        JavaFileObject annotation = new Source(URI.create("string:/" + NULLABLE_FILE), NULLABLE);
        List<String> options = new ArrayList<>(List.of("-proc:none", "-nowarn"));
        options.addAll(List.of("-classpath", System.getProperty("java.class.path")));
        if (!compiler.getTask(null, kept, problems, options, null, List.of(source, annotation))
                .call()) {
            throw new IllegalStateException("the planted copy does not compile: " + problems.getDiagnostics());
        }
        Map<String, byte[]> classes = new HashMap<>();
        kept.written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? copy(name) : known;
        }
    }

    private Class<?> copy(String name) throws ClassNotFoundException {
        byte[] bytes = planted.get(name);
        if (bytes == null) {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                bytes = in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    /** Makes one of the copied classes, which is seen as what the JDK knows of it. */
    public <T> T make(String className, Class<T> seenAs) {
        try {
            var constructor = loadClass(className).getDeclaredConstructor();
            constructor.setAccessible(true);
            return seenAs.cast(constructor.newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(className + " has no constructor without arguments", e);
        }
    }

    /** Runs a command of the copied classes. */
    public int execute(String commandClass, List<String> arguments, PrintWriter out) {
        List<String> own = new ArrayList<>(arguments);
        // What comes before its own options names the command to the program.
        while (!own.isEmpty() && !own.get(0).startsWith("-")) {
            own.remove(0);
        }
        CommandLine command = new CommandLine(make(commandClass, Callable.class));
        command.setOut(out);
        return command.execute(own.toArray(String[]::new));
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(URI uri, String text) {
            super(uri, Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps what is compiled, and has what the sources need only to be checked. */
    private static final class Kept extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Kept(JavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("kept:/" + className.replace('.', '/')), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    written.put(className, bytes);
                    return bytes;
                }
            };
        }
    }
}
