package org.rackweave.sim.interposer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeSet;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.LoadedConfiguration;
import org.rackweave.hal.SliceKind;
import org.rackweave.sim.memory.DeviceMemory;

/**
 * One slice of the simulated hardware: what it is, the file that a host's window shows, and what is loaded in it.
 *
 * <p>Memory is its own bytes. Every other kind has a window of one page. Its first lines are written by the hardware when it is
 * bound and say what the host got ({@code cpus 4-5}, {@code loaded aes-gcm-v2.bit sha256:...}); the rest is the host's, as
 * queues and registers are. A simulated bitstream has no content but its name.
 */
final class SimulatedSlice {
    private static final String DEFAULT_STATE = "default\n";
    private static final String LOADED = "simulated configuration ";

    private final HardwareSlice facts;
    private final String sheet;
    private final DeviceMemory memory;
    private final Path loadedFile;

    /** @param sheet what its window says when it is bound, in whole lines; nothing for memory */
    SimulatedSlice(HardwareSlice facts, String sheet, Path file, Path loadedFile) {
        this.facts = facts;
        this.sheet = sheet;
        this.memory = new DeviceMemory(file, windowBytes(facts));
        this.loadedFile = loadedFile;
    }

    private static long windowBytes(HardwareSlice facts) {
        return facts.kind() == SliceKind.MEMORY ? facts.amount() : SimulatedSettings.PAGE_BYTES;
    }

    HardwareSlice facts() {
        return facts;
    }

    long windowBytes() {
        return windowBytes(facts);
    }

    Path file() {
        return memory.file();
    }

    void open() throws IOException {
        memory.open();
    }

    /** Empty in the default state. */
    Optional<LoadedConfiguration> loaded() throws IOException {
        if (!Files.exists(loadedFile)) {
            return Optional.empty();
        }
        String text = Files.readString(loadedFile, StandardCharsets.UTF_8);
        if (text.equals(DEFAULT_STATE)) {
            return Optional.empty();
        }
        if (!text.startsWith(LOADED) || !text.endsWith("\n")) {
            throw new IOException(loadedFile + " says neither what is loaded nor that nothing is: " + text.strip());
        }
        return Optional.of(new LoadedConfiguration(
                text.substring(LOADED.length(), text.length() - 1), digest(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Returns when it is on the disk. */
    void load(String configuration) throws IOException {
        DurableText.replace(loadedFile, LOADED + configuration + "\n");
    }

    /** Writes what a host is to read first. */
    void describe() throws IOException {
        if (facts.kind() == SliceKind.MEMORY) {
            return;
        }
        String capabilities = facts.capabilities().isEmpty()
                ? ""
                : "capabilities " + String.join(" ", new TreeSet<>(facts.capabilities())) + "\n";
        String loaded = loaded().map(it -> "loaded " + it.name() + " sha256:" + it.digest() + "\n")
                .orElse("");
        memory.writeAtStart((sheet + capabilities + loaded).getBytes(StandardCharsets.UTF_8));
    }

    void takeFromHost() throws IOException {
        memory.takeFromHost();
        if (!facts.kind().keepsData()) {
            memory.wipe();
        }
    }

    /**
     * Back to the default state, and zero.
     *
     * @param leftBytes how many bytes are left behind, 0 or 1; what keeps nothing leaves nothing
     * @return how many bytes read back as zero
     */
    long wipe(int leftBytes) throws IOException {
        if (Files.exists(loadedFile)) {
            DurableText.replace(loadedFile, DEFAULT_STATE);
        }
        if (!facts.kind().keepsData()) {
            return 0;
        }
        memory.wipe();
        if (leftBytes > 0) {
            memory.leaveOneByte();
        }
        return memory.zeroBytes();
    }

    private static String digest(byte[] image) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
