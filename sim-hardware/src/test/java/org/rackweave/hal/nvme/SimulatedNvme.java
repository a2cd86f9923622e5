package org.rackweave.hal.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rackweave.hal.HalException;
import org.rackweave.hal.mctp.Octets;

/**
 * A drive below the calls of the C library, which knows commands by their numbers as a drive does: honest unless it is told to fail, to
 * hang or to lie. Its time passes when somebody waits for it.
 */
public final class SimulatedNvme implements NvmeDrive, NvmePace {
    /** What a Sanitize or a Format of this drive does to what it stores. */
    public enum Erasing {
        TO_ZEROS,
        TO_NOISE,
        /** Success is all that comes of it. */
        NOT_AT_ALL,
        /** All but one block of 512 bytes. */
        ALL_BUT_A_BLOCK
    }

    private static final int BLOCK_BYTES = 512;

    /** What it did, in order: {@code sanitize 2}, {@code format 1 200h}. */
    public final List<String> done = new ArrayList<>();

    /** What is answered instead, by the number of the command; 0x84 for Sanitize. */
    public final Map<Integer, Integer> statuses = new HashMap<>();

    public Erasing erasing = Erasing.TO_ZEROS;
    public int sanitizeCapabilities;
    public int adminCommands = 0x02;
    public int controllers = 1;
    public int deallocatedReads = 1;
    public int metadataBytes;
    public int estimateSeconds = -1;

    /** Instead of {@link #estimateSeconds} when it is not negative. */
    public int blockEraseEstimateSeconds = -1;

    public long wipeSeconds = 3;

    /** What a read of what it stores takes. */
    public long readSeconds;

    /** Which slot's firmware runs, and which is to: AFI of log page 03h. */
    public int firmwareSlots = 0x01;

    /** Happens once it has begun to wipe itself. */
    public Runnable whenTold = () -> {};

    /** How long it was given for what it was told last. */
    public Duration lastLimit = Duration.ZERO;

    /** 0 never, 1 done, 2 under way, 3 failed: of the last wipe, and how the next will end. */
    public int lastWipe;

    public int nextWipeEnds = 1;
    public Set<Integer> detached = Set.of();

    /** Namespaces that it has and that this machine does not show. */
    public Set<Integer> hidden = Set.of();

    public boolean dropsWrites;
    public boolean isOpen = true;

    private final Map<Integer, byte[]> stored = new TreeMap<>();
    private final Random noise = new Random(7);
    private long nowNanos;
    private long wipeEndsNanos;

    public SimulatedNvme(int... namespaceBytes) {
        for (int i = 0; i < namespaceBytes.length; i++) {
            stored.put(i + 1, new byte[namespaceBytes[i]]);
        }
    }

    /** What it stores, to be looked at and written by who has it. */
    public byte[] stored(int namespace) {
        return stored.get(namespace);
    }

    @Override
    public Completion run(NvmeCommand command) throws HalException {
        settle();
        lastLimit = command.limit();
        int number = command.opcode().number();
        Integer status = statuses.get(number);
        if (status != null && status < 0) {
            throw command.opcode().changes()
                    ? new HalException.OutcomeUnknown("nvme0", command.opcode().words(), "EINTR", "look")
                    : new HalException.Unavailable("nvme0", command.opcode().words(), "EIO", "look");
        }
        if (status != null && status > 0) {
            return answered(status, new byte[0]);
        }
        return switch (number) {
            case 0x06 -> answered(0, identified(command.dword10() & 0xFF, command.namespace()));
            case 0x02 -> answered(0, logged(command.dword10() & 0xFF));
            case 0x84 -> answered(sanitize(command.dword10()), new byte[0]);
            case 0x80 -> answered(format(command.namespace(), command.dword10()), new byte[0]);
            default -> answered(0x4001, new byte[0]);
        };
    }

    private static Completion answered(int status, byte[] data) {
        return new Completion(new NvmeStatus(status), Octets.adopt(data));
    }

    private byte[] identified(int what, int namespace) {
        ByteBuffer answer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        switch (what) {
            case 0x00 -> {
                answer.putLong(0, stored.get(namespace).length / BLOCK_BYTES);
                answer.put(33, (byte) deallocatedReads);
                answer.putInt(128, 9 << 16 | metadataBytes);
            }
            case 0x01 -> {
                answer.put(4, "SN01".getBytes(StandardCharsets.US_ASCII));
                answer.put(24, "Simulated".getBytes(StandardCharsets.US_ASCII));
                answer.put(64, "1.0".getBytes(StandardCharsets.US_ASCII));
                answer.put(76, (byte) (controllers > 1 ? 2 : 0));
                answer.putShort(256, (short) adminCommands);
                answer.putInt(328, sanitizeCapabilities);
            }
            case 0x02 ->
                stored.keySet().stream()
                        .filter(number -> !detached.contains(number))
                        .forEach(answer::putInt);
            case 0x10 -> stored.keySet().forEach(answer::putInt);
            case 0x13 -> answer.putShort((short) controllers);
            default -> throw new AssertionError("nobody asks for " + what);
        }
        return answer.array();
    }

    private byte[] logged(int which) {
        return switch (which) {
            case 0x03 -> ByteBuffer.allocate(512).put(0, (byte) firmwareSlots).array();
            case 0x81 -> wipeLog();
            default -> throw new AssertionError("nobody asks for log page " + which);
        };
    }

    private byte[] wipeLog() {
        ByteBuffer answer = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        answer.putShort(0, (short) (lastWipe == 2 ? 0x4000 : 0xFFFF));
        answer.putShort(2, (short) lastWipe);
        int blockErase = blockEraseEstimateSeconds < 0 ? estimateSeconds : blockEraseEstimateSeconds;
        answer.putInt(8, estimateSeconds).putInt(12, blockErase).putInt(16, estimateSeconds);
        return answer.array();
    }

    private int sanitize(int dword10) {
        int action = dword10 & 7;
        int bit = action == 2 ? 1 : action == 4 ? 0 : 2;
        if ((sanitizeCapabilities >> bit & 1) == 0) {
            return 0x4002;
        }
        if (lastWipe == 2) {
            return 0x1D;
        }
        done.add("sanitize " + action);
        beginWipe();
        whenTold.run();
        return 0;
    }

    /** Also one that somebody else told it, who had it before. */
    public void beginWipe() {
        lastWipe = 2;
        wipeEndsNanos = nowNanos + Duration.ofSeconds(wipeSeconds).toNanos();
    }

    private void settle() {
        if (lastWipe == 2 && nowNanos >= wipeEndsNanos) {
            lastWipe = nextWipeEnds;
            nextWipeEnds = 1;
            if (lastWipe == 1) {
                stored.values().forEach(this::erase);
            }
        }
    }

    private int format(int namespace, int dword10) {
        if ((adminCommands & 2) == 0) {
            return 0x4001;
        }
        done.add("format " + namespace + " " + Integer.toHexString(dword10) + "h");
        erase(stored.get(namespace));
        whenTold.run();
        return 0;
    }

    private void erase(byte[] bytes) {
        switch (erasing) {
            case TO_ZEROS -> Arrays.fill(bytes, (byte) 0);
            case TO_NOISE -> noise.nextBytes(bytes);
            case NOT_AT_ALL -> {}
            case ALL_BUT_A_BLOCK -> {
                byte[] kept = Arrays.copyOf(bytes, BLOCK_BYTES);
                Arrays.fill(bytes, (byte) 0);
                System.arraycopy(kept, 0, bytes, 0, BLOCK_BYTES);
            }
        }
    }

    @Override
    public Set<Integer> namespaces() {
        Set<Integer> seen = new TreeSet<>(stored.keySet());
        seen.removeAll(detached);
        seen.removeAll(hidden);
        return seen;
    }

    @Override
    public long bytes(int namespace) {
        return stored.get(namespace).length;
    }

    @Override
    public void write(int namespace, long at, byte[] content) throws HalException {
        requireReady("write");
        if (!dropsWrites) {
            System.arraycopy(content, 0, stored.get(namespace), (int) at, content.length);
        }
    }

    @Override
    public byte[] read(int namespace, long at, int bytes) throws HalException {
        requireReady("read");
        nowNanos += Duration.ofSeconds(readSeconds).toNanos();
        return Arrays.copyOfRange(stored.get(namespace), (int) at, (int) at + bytes);
    }

    private void requireReady(String operation) throws HalException {
        settle();
        if (lastWipe == 2 || lastWipe == 3) {
            throw new HalException.OutcomeUnknown("nvme0", operation, "EIO", "it is wiped, or its wipe failed");
        }
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public void pause(Duration time) {
        nowNanos += time.toNanos();
    }

    @Override
    public void close() {
        isOpen = false;
    }
}
