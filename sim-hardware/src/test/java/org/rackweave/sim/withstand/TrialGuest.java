package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;
import org.rackweave.sim.machines.MachineImage;

/** A machine with a kernel of its own, and a shell in it that knows nothing of what is tried there. */
final class TrialGuest implements AutoCloseable {
    /** Where the guest finds the files that it was given. */
    static final Path FILES = Path.of("/mnt");

    private static final String CLASSES = "classes";

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
        for (Class<?> program : programs) {
            String name = program.getName().replace('.', '/') + ".class";
            Path copy = files.resolve(CLASSES).resolve(name);
            Files.createDirectories(Objects.requireNonNull(copy.getParent()));
            try (InputStream in = Objects.requireNonNull(program.getResourceAsStream("/" + name), name)) {
                Files.copy(in, copy);
            }
        }
    }

    /** What a program says, which ends well. */
    String java(Class<?> program, String arguments) {
        return shell("java -Xshare:auto -XX:TieredStopAtLevel=1 -Djna.nosys=true -Djna.boot.library.path=" + FILES
                + "/rackweave/lib/native/x86_64 -cp '" + FILES + "/" + CLASSES + ":" + FILES + "/rackweave/lib/*' "
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
