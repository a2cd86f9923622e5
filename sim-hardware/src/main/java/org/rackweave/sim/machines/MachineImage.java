package org.rackweave.sim.machines;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.rackweave.sim.lab.LabFailure;

/**
 * What guests are started from, in a folder that is kept: a Debian 13 with kernel, Java and QEMU. Who makes it has to be root;
 * anybody may start guests from it.
 *
 * @param directory has {@code tree}, {@code root.img}, {@code vmlinuz}, {@code initrd.img}, and the {@code recipe} that they
 *     were made by
 */
public record MachineImage(Path directory) {
    /** Tree and image take 1.7 GB, and packages are there beside what they hold until they are unpacked. */
    private static final long NEEDED_BYTES = 3L << 30;

    /** Two minutes were seen on a busy machine near a mirror. */
    private static final Duration MAKE_LIMIT = Duration.ofMinutes(30);

    private static final String NAME = "debian-13";
    private static final String ARCHITECTURE = "amd64";
    private static final String PREPARE = "prepare-image";
    private static final String INIT = "guest-init";
    private static final int TOLD_LOG_LINES = 3;

    public MachineImage {
        Objects.requireNonNull(directory);
    }

    /** Where images are kept when nobody says otherwise: {@code rackweave-lab/machines} in the user's cache directory. */
    public static Path usualCache() {
        String named = System.getenv("XDG_CACHE_HOME");
        Path cache =
                named == null || named.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(named);
        return cache.resolve("rackweave-lab/machines");
    }

    /**
     * The image in a cache; made first where there is none, or one by another recipe. A second process waits until the first
     * has made it.
     *
     * @param out is told before anything begins that takes disk and time
     */
    public static MachineImage prepare(Path cache, PrintWriter out) throws LabFailure {
        Path whole = cache.toAbsolutePath().normalize();
        MachineImage image = new MachineImage(whole.resolve(NAME));
        if (image.isReady()) {
            return image;
        }
        try {
            Files.createDirectories(whole);
            try (FileChannel channel = FileChannel.open(
                            whole.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                Objects.requireNonNull(lock);
                if (!image.isReady()) {
                    image.make(out);
                }
            }
        } catch (IOException failed) {
            throw new LabFailure("no image of a machine can be made in " + whole + ": " + failed, failed);
        }
        return image;
    }

    /** Whether it is there, made as it would be made today. */
    boolean isReady() throws LabFailure {
        Path made = recipeFile();
        try {
            return Files.exists(made) && Files.readString(made).equals(recipe());
        } catch (IOException failed) {
            throw new LabFailure(made + " cannot be read: " + failed, failed);
        }
    }

    private void make(PrintWriter out) throws LabFailure, IOException {
        List<String> missing = missing();
        if (!missing.isEmpty()) {
            throw new LabFailure("an image of a machine cannot be made here: " + String.join("; ", missing));
        }
        out.println("making the image of a machine in " + directory
                + ": 2 GB of disk, some 300 MB of packages, about 2 minutes");
        out.flush();
        Path parent = Objects.requireNonNull(directory.getParent());
        Path log = parent.resolve(NAME + ".log");
        Path partial = parent.resolve(NAME + ".partial");
        remove(partial);
        remove(directory);
        Files.createDirectories(partial);
        Path prepare = written(partial, PREPARE);
        Path init = written(partial, INIT);
        Files.deleteIfExists(log);
        int exit = run(partial, log, inNamespaces("sh", prepare.toString(), init.toString()));
        if (exit != 0) {
            List<String> said = Files.readAllLines(log, StandardCharsets.UTF_8);
            throw new LabFailure("the image of a machine could not be made; " + log + " ends with: "
                    + String.join(" / ", said.subList(Math.max(0, said.size() - TOLD_LOG_LINES), said.size())));
        }
        Files.writeString(partial.resolve("recipe"), recipe());
        Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
    }

    /** All that is missing to make it, each with what to do. */
    private List<String> missing() throws IOException {
        List<String> missing = new ArrayList<>();
        if (!System.getProperty("os.arch").equals(ARCHITECTURE)) {
            missing.add("it is one of an x86-64 machine, and this is " + System.getProperty("os.arch"));
        }
        if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
            missing.add("debootstrap has to be run by root: run 'rackweave-lab machines prepare --cache "
                    + directory.getParent() + "' once as root");
        }
        List<String> tools = Stream.of("debootstrap", "mke2fs", "setpriv", "unshare", "chroot", "apt-get")
                .filter(tool -> !isOnPath(tool))
                .toList();
        if (!tools.isEmpty()) {
            missing.add("there is no " + String.join(", no ", tools)
                    + ": apt-get install debootstrap e2fsprogs util-linux coreutils apt");
        }
        long free = Files.getFileStore(Objects.requireNonNull(directory.getParent()))
                .getUsableSpace();
        if (free < NEEDED_BYTES) {
            missing.add("3 GiB of disk are needed in " + directory.getParent() + ", and " + (free >> 20)
                    + " MiB are free: make room, or name another --cache");
        }
        return missing;
    }

    private static boolean isOnPath(String tool) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
                        Stream.of("/usr/sbin", "/sbin"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    /** So that who makes it takes all with it when it ends: processes, and mounts that nobody could remove the tree under. */
    private static List<String> inNamespaces(String... command) {
        List<String> whole = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
        whole.addAll(List.of("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"));
        whole.add("--mount-proc");
        whole.addAll(List.of(command));
        return whole;
    }

    private static int run(Path where, Path log, List<String> command) throws IOException, LabFailure {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
        OwnedProcess process = OwnedProcess.start(builder);
        try {
            return process.awaitEnd(MAKE_LIMIT);
        } finally {
            process.kill();
        }
    }

    /** By a program that does not cross into what is mounted there: after an end by force that might be anything. */
    private static void remove(Path directory) throws IOException, LabFailure {
        if (Files.exists(directory)) {
            Path log = Files.createTempFile("rackweave-lab-", ".log");
            int exit = run(Path.of("/"), log, List.of("rm", "-rf", "--one-file-system", directory.toString()));
            String said = Files.readString(log).strip();
            Files.delete(log);
            if (exit != 0) {
                throw new LabFailure(directory + " cannot be removed: " + said);
            }
        }
    }

    private static Path written(Path where, String script) throws IOException {
        return Files.writeString(where.resolve(script), script(script));
    }

    private static String script(String name) {
        try (InputStream in = MachineImage.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that decides what becomes of it. */
    static String recipe() {
        return script(PREPARE) + script(INIT);
    }

    private Path recipeFile() {
        return directory.resolve("recipe");
    }

    Path root() {
        return directory.resolve("root.img");
    }

    Path kernel() {
        return directory.resolve("vmlinuz");
    }

    Path initialRamDisk() {
        return directory.resolve("initrd.img");
    }

    /**
     * The words that begin a command line of the image's own QEMU. It is started by the image's dynamic linker and not by
     * {@code chroot}, so that files have the names that they have here, and nobody has to be root.
     */
    List<String> qemu() {
        Path usr = directory.resolve("tree/usr");
        return List.of(
                directory.resolve("tree/lib64/ld-linux-x86-64.so.2").toString(),
                "--library-path",
                usr.resolve("lib/x86_64-linux-gnu").toString(),
                usr.resolve("bin/qemu-system-x86_64").toString(),
                "-L",
                usr.resolve("share/qemu").toString(),
                "-L",
                usr.resolve("share/seabios").toString());
    }
}
