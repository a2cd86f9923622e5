package org.rackweave.daemon.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** What a disk that loses power may leave of a ledger: a log that ends early, frames and pages of which a part was written. */
class TornLedgerTest {
    private static final long MAX_BYTES = 1 << 20;
    private static final String LOG = Ledger.FILE + "-wal";
    private static final int LOG_HEADER_BYTES = 32;
    private static final int FRAME_HEADER_BYTES = 24;
    private static final int FRAME_BYTES = FRAME_HEADER_BYTES + LedgerSize.PAGE_BYTES;
    private static final int SECTOR_BYTES = 512;
    private static final int COMMITS = 8;

    @TempDir
    Path dir;

    private final List<Committed> committed = new ArrayList<>();
    private byte[] file;
    private byte[] log;
    private int copies;

    /** What the ledger held when a commit was acknowledged, and how long its log was by then. */
    private record Committed(long logBytes, State state) {}

    private record State(List<SliceRow> slices, long lastAudit, String lastHash) {
        static State of(Ledger ledger) throws LedgerException {
            return new State(ledger.slices(), ledger.lastAuditNumber(), ledger.lastAuditHash());
        }
    }

    /** A ledger whose newest commits are in its log alone, as it lies there when the power goes. */
    @BeforeEach
    void losePower() throws Exception {
        Path live = Files.createDirectories(dir.resolve("live"));
        try (StateDirectory state = StateDirectory.take(live);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            commit(ledger, 0);
        }
        try (StateDirectory state = StateDirectory.take(live);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            committed.add(new Committed(0, State.of(ledger)));
            for (int i = 1; i <= COMMITS; i++) {
                commit(ledger, i);
                committed.add(new Committed(Files.size(live.resolve(LOG)), State.of(ledger)));
            }
            file = Files.readAllBytes(live.resolve(Ledger.FILE));
            log = Files.readAllBytes(live.resolve(LOG));
        }
        assertThat(last().logBytes()).isEqualTo(log.length);
    }

    /** All slices together, so that a part of a commit would be seen, and more of them each time, so that pages are new. */
    private static void commit(Ledger ledger, int number) throws LedgerException {
        List<Effect> effects = new ArrayList<>();
        for (int slice = 0; slice <= 2 + number; slice++) {
            effects.add(new Effect.SaveSlice(slice("mem" + slice, number)));
            effects.add(new Effect.Audit("daemon", "test.done", "mem" + slice, "{\"n\":" + number + "}"));
        }
        ledger.commit(effects, 1_000 + number);
    }

    private static SliceRow slice(String key, long epoch) {
        return new SliceRow(
                new SliceFacts(
                        key,
                        ResourceKind.MEMORY,
                        1 << 30,
                        Set.of("cxl/3.0"),
                        ForcedEndEffect.FATAL,
                        FenceKind.HARDWARE_EPOCH),
                SliceState.FREE,
                new Epoch(epoch),
                Optional.empty(),
                Optional.of(new WipeCertificate("zero", 1 << 30, 1 << 30, new Epoch(epoch))),
                "");
    }

    @Test
    void aLogThatEndsAnywhereHoldsAllThatWasAcknowledgedByThenAndNothingHalf() throws Exception {
        for (int frame = 0; LOG_HEADER_BYTES + frame * FRAME_BYTES <= log.length; frame++) {
            int boundary = LOG_HEADER_BYTES + frame * FRAME_BYTES;
            for (int cut : new int[] {boundary - 1, boundary, boundary + 1, boundary + FRAME_BYTES / 2}) {
                if (cut <= log.length) {
                    assertHoldsWhatWasAcknowledged(cut, file, Arrays.copyOf(log, cut));
                }
            }
        }
    }

    /** Blocks of a file that grew may be there and hold nothing, or what lay there before. */
    @Test
    void aTailThatWasNeverWrittenIsNotBelieved() throws Exception {
        for (Committed each : committed) {
            for (byte rubbish : new byte[] {0, (byte) 0xA5}) {
                byte[] torn = log.clone();
                Arrays.fill(torn, (int) each.logBytes(), torn.length, rubbish);
                assertHoldsWhatWasAcknowledged((int) each.logBytes(), file, torn);
            }
        }
    }

    @Test
    void aBitThatIsTurnedOverInTheNewestCommitUndoesThatCommitAndNoOther() throws Exception {
        long begin = committed.get(COMMITS - 1).logBytes();
        for (int at = (int) begin; at < log.length; at += 61) {
            byte[] torn = log.clone();
            torn[at] ^= 0x10;
            assertThat(held(copy(file, torn)))
                    .as("byte %d", at)
                    .isIn(committed.get(COMMITS - 1).state(), last().state());
        }
    }

    /** What was acknowledged since is not known to it: it is an older ledger then, and no mixture of two. */
    @Test
    void aBitThatIsTurnedOverInTheMidstOfTheLogLeavesTheLedgerAsItWasAtACommitBefore() throws Exception {
        for (int at = LOG_HEADER_BYTES; at < log.length; at += 997) {
            int turned = at;
            byte[] torn = log.clone();
            torn[turned] ^= 0x10;
            assertThat(held(copy(file, torn)))
                    .as("byte %d", turned)
                    .isIn(committed.stream()
                            .filter(each -> each.logBytes() <= turned)
                            .map(Committed::state)
                            .toList());
        }
    }

    /** The log is written back into the file while the power goes: some pages are new, some old, and one is half of each. */
    @Test
    void aPageThatIsTornWhileTheLogIsWrittenBackIsTakenFromTheLogAgain() throws Exception {
        Map<Integer, byte[]> newest = newestPages();
        for (int torn : newest.keySet()) {
            byte[] half = Arrays.copyOf(file, Math.max(file.length, newestLength(newest)));
            newest.forEach((page, bytes) -> {
                int length = page < torn ? bytes.length : page == torn ? SECTOR_BYTES : 0;
                System.arraycopy(bytes, 0, half, (page - 1) * LedgerSize.PAGE_BYTES, length);
            });
            assertThat(held(copy(half, log))).as("page %d", torn).isEqualTo(last().state());
        }
    }

    /** Of a page of a file that has no log, nobody has another copy. */
    @Test
    void aPageOfWhichHalfIsGoneIsFoundAtTheStartAndByCheckUnlessNothingIsLost() throws Exception {
        byte[] whole = closed();
        State before = last().state();
        int refused = 0;
        for (int at = SECTOR_BYTES; at < whole.length; at += LedgerSize.PAGE_BYTES) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, at, at + SECTOR_BYTES, (byte) 0);
            if (Arrays.equals(torn, whole)) {
                continue;
            }
            refused += isRefusedOrWhole(copy(torn, new byte[0]), "page " + (at / LedgerSize.PAGE_BYTES + 1));
        }
        assertThat(refused).isGreaterThan(10);
    }

    private int isRefusedOrWhole(Path copy, String torn) throws Exception {
        boolean isFoundByCheck = isFoundByCheck(copy.resolve(Ledger.FILE));
        try {
            assertThat(held(copy)).as(torn).isEqualTo(last().state());
            return 0;
        } catch (LedgerException e) {
            assertThat(e).as(torn).hasMessageContaining("run 'rackweaved ledger check'");
            assertThat(isFoundByCheck).as(torn).isTrue();
            return 1;
        }
    }

    private static boolean isFoundByCheck(Path ledger) {
        try {
            return !LedgerCheck.of(ledger, Optional.empty(), Optional.empty())
                    .problems()
                    .isEmpty();
        } catch (LedgerException e) {
            return true;
        }
    }

    private byte[] closed() throws Exception {
        Path copy = copy(file, log);
        held(copy);
        assertThat(copy.resolve(LOG)).as("a ledger that was closed has no log").doesNotExist();
        return Files.readAllBytes(copy.resolve(Ledger.FILE));
    }

    /** The newest of each page that is in the log. */
    private Map<Integer, byte[]> newestPages() {
        Map<Integer, byte[]> pages = new TreeMap<>();
        for (int at = LOG_HEADER_BYTES; at + FRAME_BYTES <= log.length; at += FRAME_BYTES) {
            int page = ByteBuffer.wrap(log).getInt(at);
            pages.put(page, Arrays.copyOfRange(log, at + FRAME_HEADER_BYTES, at + FRAME_BYTES));
        }
        return pages;
    }

    private static int newestLength(Map<Integer, byte[]> pages) {
        return pages.keySet().stream()
                .mapToInt(page -> page * LedgerSize.PAGE_BYTES)
                .max()
                .orElse(0);
    }

    private void assertHoldsWhatWasAcknowledged(int logBytes, byte[] database, byte[] torn) throws Exception {
        State acknowledged = committed.stream()
                .filter(each -> each.logBytes() <= logBytes)
                .reduce((first, second) -> second)
                .orElseThrow()
                .state();
        assertThat(held(copy(database, torn))).as("log of %d bytes", logBytes).isEqualTo(acknowledged);
    }

    private Committed last() {
        return committed.get(COMMITS);
    }

    /** Opens it as a daemon does at its start. */
    private static State held(Path directory) throws Exception {
        try (StateDirectory state = StateDirectory.take(directory);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            assertThat(ledger.verify()).isEmpty();
            return State.of(ledger);
        }
    }

    private Path copy(byte[] database, byte[] itsLog) throws Exception {
        Path copy = Files.createDirectories(dir.resolve("copy" + copies++));
        Files.write(copy.resolve(Ledger.FILE), database);
        if (itsLog.length > 0) {
            Files.write(copy.resolve(LOG), itsLog);
        }
        return copy;
    }
}
