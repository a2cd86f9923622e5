package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.launcher.Launcher;
import org.opentest4j.AssertionFailedError;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;
import org.rackweave.sim.machines.MachineImage;

/** A machine with a kernel of its own, and a shell in it that knows nothing of what is tried there. */
final class TrialGuest implements AutoCloseable {
    /** Where the guest finds the files that it was given. */
    static final Path FILES = Path.of("/mnt");

    private static final String CLASSES = "classes";
    private static final String JARS = "jars";

    private final Guest guest;
    private final Duration answer;

    private TrialGuest(Guest guest, Duration answer) {
        this.guest = guest;
        this.answer = answer;
    }

    /**
     * Boots it from the prepared image, which is made first where there is none.
     *
     * @param logs an existing directory for its console
     * @param answer no line of a command's output may take longer to come
     */
    static TrialGuest boot(Guest.Shape shape, Path logs, Duration answer) throws LabFailure {
        PrintWriter out = new PrintWriter(System.out, true);
        String cache =
                System.getProperty("machines.cache", MachineImage.usualCache().toString());
        MachineImage image = MachineImage.prepare(Path.of(cache), out);
        long startNanos = System.nanoTime();
        Guest guest = Guest.boot(image, shape, logs);
        out.println("the guest was up after " + (System.nanoTime() - startNanos) / 1_000_000 + " ms");
        return new TrialGuest(guest, answer);
    }

    /** Puts the distribution and programs of the tests into a directory that a guest is to be given; {@link #java} runs them. */
    static void addPrograms(Path files, Class<?>... programs) throws IOException {
        BuiltDistribution.find().copiedTo(files.resolve("rackweave"));
        addClasses(files, programs);
    }

    private static void addClasses(Path files, Class<?>... programs) throws IOException {
        for (Class<?> program : programs) {
            String name = program.getName().replace('.', '/') + ".class";
            Path copy = files.resolve(CLASSES).resolve(name);
            Files.createDirectories(Objects.requireNonNull(copy.getParent()));
            try (InputStream in = Objects.requireNonNull(program.getResourceAsStream("/" + name), name)) {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Puts test classes there, with what runs them; {@link #passes} does. */
    static void addTests(Path files, Class<?>... tests) throws IOException {
        addClasses(files, tests);
        addClasses(files, JUnitProgram.class);
        for (Class<?> part : List.of(
                Test.class,
                JupiterTestEngine.class,
                ParameterizedTest.class,
                TestEngine.class,
                ReflectionSupport.class,
                Launcher.class,
                AssertionFailedError.class,
                Assertions.class)) {
            try {
                Path jar = Path.of(
                        part.getProtectionDomain().getCodeSource().getLocation().toURI());
                Files.createDirectories(files.resolve(JARS));
                Files.copy(
                        jar,
                        files.resolve(JARS).resolve(Objects.requireNonNull(jar.getFileName())),
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (URISyntaxException unlikely) {
                throw new IOException(part + " comes from nowhere", unlikely);
            }
        }
    }

    /** That a test class passes in the guest; its properties are such as {@code -Dname=value}. */
    void passes(Class<?> test, int tests, String properties) {
        String said = java(properties, JUnitProgram.class, test.getName());
        System.out.println(test.getSimpleName() + " in a guest: " + said);
        assertThat(said).endsWith(tests + " of " + tests + " passed");
    }

    /** What a program says, which ends well. */
    String java(Class<?> program, String arguments) {
        return java("", program, arguments);
    }

    private String java(String properties, Class<?> program, String arguments) {
        return shell("java -Xshare:auto -XX:TieredStopAtLevel=1 -Djna.nosys=true -Djna.boot.library.path=" + FILES
                + "/rackweave/lib/native/x86_64 " + properties + " -cp '" + FILES + "/" + CLASSES + ":" + FILES
                + "/rackweave/lib/*:" + FILES + "/" + JARS + "/*' "
                + program.getName() + " " + arguments);
    }

    /** What a command says, which ends well. */
    String shell(String command) {
        Guest.Answer said = run(command);
        assertThat(said.exitCode()).as("%s: %s", command, said.output()).isZero();
        return said.output();
    }

    /** Runs a command to its end, whatever that is. */
    Guest.Answer run(String command) {
        try {
            return guest.run(command, answer);
        } catch (LabFailure e) {
            throw new AssertionError(e);
        }
    }

    /** Puts a device into its slot again, as by hand. */
    void insert(Guest.Nvme device) throws LabFailure {
        guest.insert(device);
    }

    /** Switches it off. */
    @Override
    public void close() throws LabFailure {
        guest.close();
    }
}
