package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.rackweave.hal.HalException;
import org.rackweave.hal.mctp.Octets;
import org.rackweave.hal.nvme.NvmeCommand;
import org.rackweave.hal.nvme.NvmeDrive;
import org.rackweave.hal.nvme.NvmeStatus;

/**
 * {@code /dev/nvmeN} and the block devices of its namespaces. Those are claimed as a file system claims them, so that nothing on this
 * machine uses one of them or a part of it meanwhile; who only looks, as the kernel does for partitions, is not kept away.
 */
public final class NvmeFile implements NvmeDrive {
    /** What a read past the page cache must be aligned to. */
    private static final int ALIGNMENT_BYTES = 4096;

    private final LibC libc;
    private final Path controller;
    private final int descriptor;
    private final List<Integer> claims = new ArrayList<>();
    private final Map<Integer, FileChannel> channels = new TreeMap<>();

    private NvmeFile(LibC libc, Path controller, int descriptor) {
        this.libc = libc;
        this.controller = controller;
        this.descriptor = descriptor;
    }

    /**
     * Opens a drive and claims what it stores.
     *
     * @param blocks the block devices, by the numbers of their namespaces
     * @throws HalException.Refused when one is in use: mounted, a part of a volume group or of an array
     * @throws HalException.Unavailable when one, or the C library, is not there
     */
    public static NvmeFile open(Path controller, Map<Integer, Path> blocks) throws HalException {
        return open(LibC.load(), controller, blocks);
    }

    static NvmeFile open(LibC libc, Path controller, Map<Integer, Path> blocks) throws HalException {
        NvmeFile file = new NvmeFile(libc, controller, opened(libc, controller, NativeLayout.O_RDWR));
        try {
            for (Map.Entry<Integer, Path> block : new TreeMap<>(blocks).entrySet()) {
                file.claims.add(opened(libc, block.getValue(), NativeLayout.O_EXCL));
                file.channels.put(
                        block.getKey(),
                        FileChannel.open(
                                block.getValue(),
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                ExtendedOpenOption.DIRECT));
            }
            return file;
        } catch (IOException failed) {
            file.close();
            throw new HalException.Unavailable(
                    controller.toString(), "open", String.valueOf(failed.getMessage()), "run as root");
        } catch (HalException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    private static int opened(LibC libc, Path path, int how) throws HalException {
        LibC.Called called = libc.attempt("open", path.toString(), how | NativeLayout.O_CLOEXEC);
        int descriptor = (int) called.answer();
        if (descriptor >= 0) {
            return descriptor;
        }
        String seen = Errno.name(called.errno());
        throw called.errno() == Errno.EBUSY
                ? new HalException.Refused(
                        path.toString(),
                        "claim",
                        seen + ": this machine uses it, or a part of it",
                        "unmount it; leave it out of volume groups and arrays (lvm.conf, mdadm.conf)")
                : new HalException.Unavailable(path.toString(), "open", seen, "modprobe nvme, and run as root");
    }

    @Override
    public Completion run(NvmeCommand command) throws HalException {
        try (Memory told = LibC.zeroed(NativeLayout.NVME_PASSTHRU_CMD_BYTES);
                Memory data = LibC.zeroed(Math.max(1, command.dataBytes()))) {
            told.setByte(
                    NativeLayout.NVME_CMD_OPCODE_AT, (byte) command.opcode().number());
            told.setInt(NativeLayout.NVME_CMD_NSID_AT, command.namespace());
            told.setPointer(NativeLayout.NVME_CMD_ADDR_AT, command.dataBytes() == 0 ? Pointer.NULL : data);
            told.setInt(NativeLayout.NVME_CMD_DATA_LEN_AT, command.dataBytes());
            told.setInt(NativeLayout.NVME_CMD_CDW10_AT, command.dword10());
            told.setInt(NativeLayout.NVME_CMD_CDW11_AT, command.dword11());
            told.setInt(
                    NativeLayout.NVME_CMD_TIMEOUT_AT,
                    Math.toIntExact(command.limit().toMillis()));
            LibC.Called called = libc.attempt("ioctl", descriptor, NativeLayout.NVME_IOCTL_ADMIN_CMD, told);
            int answer = (int) called.answer();
            if (answer < 0) {
                throw failed(command, Errno.name(called.errno()));
            }
            return new Completion(new NvmeStatus(answer), Octets.adopt(data.getByteArray(0, command.dataBytes())));
        }
    }

    private HalException failed(NvmeCommand command, String seen) {
        String operation = command.opcode().words();
        String advice = "look at the kernel's log: the drive may hang, or may have been reset";
        return command.opcode().changes()
                ? new HalException.OutcomeUnknown(controller.toString(), operation, seen, advice)
                : new HalException.Unavailable(controller.toString(), operation, seen, advice);
    }

    @Override
    public Set<Integer> namespaces() {
        return Set.copyOf(channels.keySet());
    }

    @Override
    public long bytes(int namespace) throws HalException {
        try {
            return channel(namespace).size();
        } catch (IOException failed) {
            throw lost(namespace, "read its size", failed);
        }
    }

    @Override
    public void write(int namespace, long at, byte[] content) throws HalException {
        ByteBuffer buffer = aligned(content.length).put(content).flip();
        try {
            FileChannel channel = channel(namespace);
            while (buffer.hasRemaining()) {
                channel.write(buffer, at + buffer.position());
            }
            channel.force(false);
        } catch (IOException failed) {
            throw lost(namespace, "write at byte " + at, failed);
        }
    }

    @Override
    public byte[] read(int namespace, long at, int bytes) throws HalException {
        ByteBuffer buffer = aligned(bytes);
        try {
            FileChannel channel = channel(namespace);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, at + buffer.position()) < 0) {
                    throw new IOException("it ends at byte " + (at + buffer.position()));
                }
            }
        } catch (IOException failed) {
            throw lost(namespace, "read at byte " + at, failed);
        }
        byte[] content = new byte[bytes];
        buffer.flip().get(content);
        return content;
    }

    private FileChannel channel(int namespace) {
        FileChannel channel = channels.get(namespace);
        if (channel == null) {
            throw new IllegalArgumentException(controller + " has no namespace " + namespace);
        }
        return channel;
    }

    private static ByteBuffer aligned(int bytes) {
        return ByteBuffer.allocateDirect(bytes + ALIGNMENT_BYTES)
                .alignedSlice(ALIGNMENT_BYTES)
                .limit(bytes);
    }

    /** Also what could not be read is not known: a wipe may be under way. */
    private HalException lost(int namespace, String operation, IOException failed) {
        return new HalException.OutcomeUnknown(
                controller + " namespace " + namespace,
                operation,
                String.valueOf(failed.getMessage()),
                "look at the kernel's log; the drive may be locked, write-protected or broken");
    }

    /** Namespaces before their controller, so that nobody finds them free while it is still this one's to tell. */
    @Override
    public void close() {
        channels.values().forEach(NvmeFile::closed);
        claims.forEach(this::closed);
        closed(descriptor);
    }

    private static void closed(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException lost) {
            // All that was written was forced out before; there is nothing left to lose.
        }
    }

    private void closed(int open) {
        try {
            libc.attempt("close", open);
        } catch (HalException absent) {
            // A C library that opened it and cannot close it: the kernel does when the process ends.
        }
    }
}
