package org.rackweave.daemon.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.tinylog.Logger;

/**
 * The windows of simulated memory that this host borrowed, as its card said last. A window was wiped before it was lent, so a page
 * of it counts as used when it holds anything but zeros; nobody else counts the pages of a file. One thread uses it.
 */
final class Windows {
    static final String KIND = "file-window";

    private static final int PAGE_BYTES = 4_096;

    private static final int CHUNK_BYTES = 64 * PAGE_BYTES;

    /** What is read for one report, in bytes: some tenths of a second. What is beyond is not reported, and so counts as used. */
    private static final long MAX_READ_BYTES = 256L << 20;

    private static final long PERCENT = 100;

    private final Map<LeaseId, Window> known = new HashMap<>();
    private List<LoanView> loans = List.of();

    /**
     * Where the host reaches a lease.
     *
     * @param forcedEnd what becomes of a host that has not let go of it in time
     */
    record Window(Path path, ForcedEndEffect forcedEnd) {
        Window {
            Objects.requireNonNull(path);
            Objects.requireNonNull(forcedEnd);
        }
    }

    /** What the host has now. */
    void borrowed(List<LoanView> now) {
        loans = now.stream().filter(loan -> loan.state() == LoanState.ACTIVE).toList();
        known.clear();
        loans.stream().flatMap(loan -> loan.leases().stream()).forEach(lease -> window(lease)
                .ifPresent(path -> known.put(lease.id(), new Window(path, lease.forcedEnd()))));
    }

    /** The card does not say what the host has now: nothing is reported, but where windows are is not forgotten. */
    void notTold() {
        loans = List.of();
    }

    /** Where the host reaches a lease, if through such a window. */
    Optional<Window> of(LeaseId lease) {
        return Optional.ofNullable(known.get(lease));
    }

    /** How much is used of each loan that is all windows. */
    List<HostReport.LoanUse> uses() {
        List<HostReport.LoanUse> uses = new ArrayList<>();
        long readable = MAX_READ_BYTES;
        for (LoanView loan : loans) {
            long bytes = loan.leases().stream()
                    .flatMap(lease -> lease.attachment().stream())
                    .mapToLong(Attachment::lengthBytes)
                    .sum();
            boolean all = loan.leases().stream().allMatch(lease -> window(lease).isPresent());
            if (all && bytes <= readable && uses.size() < HostReport.MAX_LOANS) {
                readable -= bytes;
                use(loan).ifPresent(uses::add);
            }
        }
        return uses;
    }

    private static Optional<HostReport.LoanUse> use(LoanView loan) {
        long used = 0;
        long all = 0;
        try {
            for (LeaseView lease : loan.leases()) {
                Path window = window(lease).orElseThrow();
                used += usedPages(window);
                all += (Files.size(window) + PAGE_BYTES - 1) / PAGE_BYTES;
            }
        } catch (IOException e) {
            Logger.debug("the use of loan {} is not known: {}", loan.id(), e.getMessage());
            return Optional.empty();
        }
        // Rounded up: what is told as 0 is not used at all.
        long percent = all == 0 ? PERCENT : (used * PERCENT + all - 1) / all;
        return Optional.of(new HostReport.LoanUse(loan.id(), (int) percent));
    }

    /** How many pages hold anything but zeros. */
    static long usedPages(Path window) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(PAGE_BYTES);
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        long used = 0;
        try (FileChannel channel = FileChannel.open(window, StandardOpenOption.READ)) {
            while (fill(channel, chunk.clear())) {
                chunk.flip();
                for (int from = 0; from < chunk.limit(); from += PAGE_BYTES) {
                    int length = Math.min(PAGE_BYTES, chunk.limit() - from);
                    boolean empty = chunk.slice(from, length).equals(zeros.slice(0, length));
                    used += empty ? 0 : 1;
                }
            }
        }
        return used;
    }

    /** Whole chunks, so that pages begin where they begin. */
    private static boolean fill(FileChannel channel, ByteBuffer chunk) throws IOException {
        int read = 0;
        while (read >= 0 && chunk.hasRemaining()) {
            read = channel.read(chunk);
        }
        return chunk.position() > 0;
    }

    private static Optional<Path> window(LeaseView lease) {
        return lease.attachment()
                .filter(attachment -> attachment.kind().equals(KIND))
                .map(attachment -> Path.of(attachment.address()));
    }
}
