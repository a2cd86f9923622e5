package org.rackweave.hal.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.rackweave.hal.HalException;
import org.rackweave.hal.WipeReport;

/**
 * A drive that erases itself, and how it is seen that it did.
 *
 * <pre>
 * ask        it is the drive's only controller; its firmware stays; it can be wiped in time; each of its namespaces is one that this
 *            machine can write
 * mark       what {@link Sample} says, read back
 * erase      Sanitize, the best that it has time for, followed to its end; or Format NVM with user data erase of each namespace
 * read back  all zeros             the report counts them
 *            no mark, not all zeros   the report counts nothing and its method says "marks-gone"
 *            a mark                it was not wiped
 * </pre>
 *
 * Sanitize reaches all that the drive has, also what no namespace has any more. Format NVM reaches namespaces, so one that is there and not
 * attached makes it refuse. Zeros are what a drive shows of what it has deallocated: what its cells hold is the drive's own word.
 */
public final class NvmeWipe {
    /** Of how many namespaces samples are taken: a drive that is lent whole has one, mostly. */
    static final int MOST_NAMESPACES = 64;

    /**
     * All of a wipe, from the start of the drive to the last piece that is read back. Who orders it waits ten minutes and takes the drive for
     * one that hangs then: two of them are for the kernel's driver to let go of it, a minute for each of its two orders.
     */
    static final Duration MOST_WIPE = Duration.ofMinutes(8);

    /** What a drive gets beyond twice its own estimate, which counts in seconds and is often 0. */
    static final Duration BEYOND_ESTIMATE = Duration.ofMinutes(1);

    /** Between two looks at how it goes. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final String OPERATION = "sanitise";
    private static final String FORMAT_METHOD = "nvme-format-user-data-erase";
    private static final String SANITIZE_METHOD = "nvme-sanitize-";

    private final String key;
    private final NvmeDrive drive;
    private final NvmePace pace;
    private final long beganNanos;

    /** Whether the drive did, or may have done, something that it cannot take back. */
    private boolean hasBegun;

    private record Namespace(int number, NamespaceIdentity identity, Sample sample) {}

    /** What was read back. */
    private enum Found {
        ZEROS,
        NO_MARK
    }

    private NvmeWipe(String key, NvmeDrive drive, NvmePace pace, long beganNanos) {
        this.key = key;
        this.drive = drive;
        this.pace = pace;
        this.beganNanos = beganNanos;
    }

    /**
     * Has a drive wipe itself, within {@link #MOST_WIPE}.
     *
     * @param key of the slice, for what is said of it
     * @param beganNanos when its wipe began, on the clock of {@code pace}: the time that it took to start counts
     * @return what was read back: the bytes of all samples, where all of them are zero; else none
     * @throws HalException.Refused when it cannot wipe itself, or all of it, or not in time; what it stored may have been marked by then
     * @throws HalException.Unavailable when it does not answer, before it was told to wipe anything
     * @throws HalException.OutcomeUnknown when it did not come to an end, what was marked can still be read, a wipe of its own is under way, or
     *     this thread was told to stop
     */
    public static WipeReport of(String key, NvmeDrive drive, NvmePace pace, long beganNanos) throws HalException {
        NvmeWipe wipe = new NvmeWipe(key, drive, pace, beganNanos);
        try {
            return wipe.wiped();
        } catch (HalException.Refused | HalException.Unavailable half) {
            if (!wipe.hasBegun) {
                throw half;
            }
            throw wipe.unknown("it has begun to wipe itself, and then: " + half.getMessage());
        }
    }

    /**
     * The namespaces that a drive can read and write, by its own word: who shows them may not be done with that.
     *
     * @throws HalException.Refused when it does not say
     */
    public static Set<Integer> namespaces(String key, NvmeDrive drive, NvmePace pace, long beganNanos)
            throws HalException {
        return new TreeSet<>(new NvmeWipe(key, drive, pace, beganNanos).listed(NvmeCommand.activeNamespaces()));
    }

    private WipeReport wiped() throws HalException {
        ControllerIdentity controller = ControllerIdentity.parse(ask(NvmeCommand.identifyController()));
        requireAlone(controller);
        requireFirmwareToStay();
        Optional<SanitizeAction> action = bestInTime(controller);
        if (action.isPresent()) {
            leaveNoWipeUnfinished(action.get());
        }
        List<Namespace> namespaces = namespaces();
        if (action.isEmpty()) {
            requireNoneDetached(controller, namespaces);
        }
        mark(namespaces);
        if (action.isPresent()) {
            sanitize(action.get());
        } else {
            format(namespaces);
        }
        return report(action, namespaces);
    }

    /** Empty where it has no Sanitize but can format. */
    private Optional<SanitizeAction> bestInTime(ControllerIdentity controller) throws HalException {
        List<SanitizeAction> actions = SanitizeAction.of(controller.sanitizeCapabilities());
        if (actions.isEmpty() && controller.canFormat()) {
            return Optional.empty();
        }
        String name = "the drive (" + controller.model() + ", firmware " + controller.firmware() + ")";
        if (actions.isEmpty()) {
            throw refused(name + " knows neither Sanitize nor Format NVM", "do not lend it: nothing here can wipe it");
        }
        SanitizeStatus status = status();
        long leftSeconds = left().toSeconds();
        for (SanitizeAction action : actions) {
            if (status.estimateSeconds(action).orElse(0) <= leftSeconds) {
                return Optional.of(action);
            }
        }
        SanitizeAction best = actions.get(0);
        throw refused(
                name + " estimates " + status.estimateSeconds(best).orElse(0) + " s for its Sanitize (" + best.words()
                        + "), and a wipe has " + MOST_WIPE.toSeconds() + " s, of which " + leftSeconds + " are left",
                "do not lend it: it cannot be wiped in time");
    }

    // ---- what it is ------------------------------------------------------------------------------------------------

    /** Another controller may have what this one would erase, and read what is lent with this one. */
    private void requireAlone(ControllerIdentity controller) throws HalException {
        if (controller.isAlone()) {
            return;
        }
        ByteBuffer list = littleEndian(ask(NvmeCommand.controllers()));
        int count = list.getShort(0) & 0xFFFF;
        if (count != 1) {
            throw refused(
                    "its drive has " + count + " controllers: what one of them wipes the others may need, and read",
                    "lend drives of one controller, whole; no virtual functions of a drive");
        }
    }

    /** A borrower can leave firmware that begins to run later, when nobody compares it any more. */
    private void requireFirmwareToStay() throws HalException {
        FirmwareSlots slots = FirmwareSlots.parse(ask(NvmeCommand.firmwareSlots()));
        if (slots.next().isPresent()) {
            throw refused(
                    "the firmware of its slot " + slots.next().getAsInt()
                            + " is to run from its next reset on instead of that of slot " + slots.active()
                            + ", by its log page 03h",
                    "look which firmware that is (nvme fw-log), commit the right one (nvme fw-commit), reset the drive");
        }
    }

    private List<Namespace> namespaces() throws HalException {
        List<Integer> numbers = listed(NvmeCommand.activeNamespaces());
        if (numbers.isEmpty() || numbers.size() > MOST_NAMESPACES) {
            throw refused(
                    "it has " + numbers.size() + " namespaces, and 1 to " + MOST_NAMESPACES + " can be read back",
                    "attach what it has, or make fewer (nvme create-ns, attach-ns, delete-ns)");
        }
        if (!drive.namespaces().equals(new TreeSet<>(numbers))) {
            throw refused(
                    "it has the namespaces " + numbers + ", and this machine shows " + drive.namespaces(),
                    "look at the kernel's log; format what it cannot use by hand (nvme format)");
        }
        List<Namespace> namespaces = new ArrayList<>();
        for (int number : numbers) {
            namespaces.add(namespace(number));
        }
        return namespaces;
    }

    private Namespace namespace(int number) throws HalException {
        NamespaceIdentity identity;
        try {
            identity = NamespaceIdentity.parse(ask(NvmeCommand.identifyNamespace(number)));
        } catch (IllegalArgumentException impossible) {
            throw refused("namespace " + number + " has " + impossible.getMessage(), "do not lend it");
        }
        long seenBytes = drive.bytes(number);
        if (identity.metadataBytes() != 0 || seenBytes != identity.bytes() || seenBytes % Sample.GRAIN_BYTES != 0) {
            throw refused(
                    "namespace " + number + " has " + identity.bytes() + " bytes in blocks with "
                            + identity.metadataBytes() + " bytes of metadata, and this machine sees " + seenBytes
                            + " bytes",
                    "give it blocks without metadata (nvme format --lbaf), and a multiple of " + Sample.GRAIN_BYTES
                            + " bytes");
        }
        return new Namespace(number, identity, new Sample(number, seenBytes));
    }

    private void requireNoneDetached(ControllerIdentity controller, List<Namespace> namespaces) throws HalException {
        if (!controller.canDetach()) {
            return;
        }
        List<Integer> attached = namespaces.stream().map(Namespace::number).toList();
        List<Integer> allocated = listed(NvmeCommand.allocatedNamespaces());
        if (!allocated.equals(attached)) {
            throw refused(
                    "it has the namespaces " + allocated + ", of which " + attached
                            + " are attached, and a format does not reach the others",
                    "attach or delete them (nvme attach-ns, delete-ns)");
        }
    }

    /** Ends at the first 0; a full list may have a continuation, and is longer than what is accepted. */
    private List<Integer> listed(NvmeCommand command) throws HalException {
        ByteBuffer list = littleEndian(ask(command));
        List<Integer> numbers = new ArrayList<>();
        for (int number = list.getInt(); number != 0; number = list.hasRemaining() ? list.getInt() : 0) {
            numbers.add(number);
        }
        return numbers;
    }

    // ---- the wipe --------------------------------------------------------------------------------------------------

    /**
     * A drive neither reads nor writes while it is wiped, nor after a wipe that failed. One that is under way is another's, who may have
     * chosen one of hours: it is not waited for.
     */
    private void leaveNoWipeUnfinished(SanitizeAction action) throws HalException {
        SanitizeStatus.State last = status().state();
        if (last == SanitizeStatus.State.UNDER_WAY) {
            throw unknown("a Sanitize of its own is under way; try again when it is over");
        }
        if (last == SanitizeStatus.State.FAILED) {
            sanitize(action);
        }
    }

    private void sanitize(SanitizeAction action) throws HalException {
        Duration limit = limit(status(), action);
        order(NvmeCommand.sanitize(action));
        SanitizeStatus.State end = followed(limit);
        if (end != SanitizeStatus.State.DONE) {
            throw unknown("its Sanitize (" + action.words() + ") ended as " + end + ", by its log page 81h");
        }
    }

    private static Duration limit(SanitizeStatus status, SanitizeAction action) {
        OptionalLong estimate = status.estimateSeconds(action);
        if (estimate.isEmpty()) {
            return MOST_WIPE;
        }
        return Duration.ofSeconds(2 * estimate.getAsLong()).plus(BEYOND_ESTIMATE);
    }

    /**
     * How it ended: never as under way.
     *
     * @param limit for this one, within what is left for the whole wipe
     */
    private SanitizeStatus.State followed(Duration limit) throws HalException {
        long startNanos = pace.nanoTime();
        SanitizeStatus status = status();
        while (status.state() == SanitizeStatus.State.UNDER_WAY) {
            long passedNanos = pace.nanoTime() - startNanos;
            if (passedNanos > limit.toNanos() || leftNanos() <= LOOK.toNanos()) {
                throw unknown("its Sanitize is " + status.percent() + " % done after "
                        + Duration.ofNanos(passedNanos).toSeconds() + " s, and is not waited for any longer");
            }
            pause();
            status = status();
        }
        if (status.state() == SanitizeStatus.State.OTHER) {
            throw unknown("its Sanitize is in state " + status.code() + ", which is not known here");
        }
        return status.state();
    }

    private void pause() throws HalException {
        try {
            pace.pause(LOOK);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw unknown("told to stop while it wipes itself");
        }
    }

    private SanitizeStatus status() throws HalException {
        return SanitizeStatus.parse(ask(NvmeCommand.sanitizeStatus()));
    }

    private void format(List<Namespace> namespaces) throws HalException {
        for (Namespace namespace : namespaces) {
            order(NvmeCommand.format(namespace.number(), namespace.identity().format()));
        }
    }

    // ---- what is seen of it ----------------------------------------------------------------------------------------

    private void mark(List<Namespace> namespaces) throws HalException {
        for (Namespace namespace : namespaces) {
            Sample sample = namespace.sample();
            for (Sample.Piece piece : sample.pieces()) {
                left();
                drive.write(namespace.number(), piece.at(), sample.mark(piece));
            }
            for (Sample.Piece piece : sample.pieces()) {
                left();
                byte[] read = drive.read(namespace.number(), piece.at(), piece.length());
                if (!Arrays.equals(read, sample.mark(piece))) {
                    throw refused(
                            "what was written at byte " + piece.at() + " of namespace " + namespace.number()
                                    + " does not read back, so that no wipe of it can be seen",
                            "look at the drive's health (nvme smart-log); do not lend it");
                }
            }
        }
    }

    private WipeReport report(Optional<SanitizeAction> action, List<Namespace> namespaces) throws HalException {
        long bytes = 0;
        boolean areZeros = true;
        boolean isAll = true;
        for (Namespace namespace : namespaces) {
            isAll &= namespace.sample().isAll();
            for (Sample.Piece piece : namespace.sample().pieces()) {
                areZeros &= found(action, namespace, piece) == Found.ZEROS;
                bytes += piece.length();
            }
        }
        String method = action.map(taken -> SANITIZE_METHOD + taken.words()).orElse(FORMAT_METHOD)
                + (!areZeros ? "+marks-gone" : isAll ? "+zeros" : "+sampled-zeros");
        long zeroBytes = areZeros ? bytes : 0;
        return new WipeReport(
                WipeReport.Wiper.DEVICE,
                method,
                zeroBytes,
                zeroBytes,
                (pace.nanoTime() - beganNanos) / Duration.ofMillis(1).toNanos());
    }

    private Found found(Optional<SanitizeAction> action, Namespace namespace, Sample.Piece piece) throws HalException {
        left();
        byte[] read = drive.read(namespace.number(), piece.at(), piece.length());
        String place = "byte " + piece.at() + " of namespace " + namespace.number();
        if (namespace.sample().holdsMark(piece, read)) {
            throw unknown(
                    "what was written at " + place + " before its wipe can still be read, although it said success");
        }
        if (Arrays.equals(read, new byte[piece.length()])) {
            return Found.ZEROS;
        }
        if (action.isPresent() && namespace.identity().readsZerosWhenDeallocated()) {
            throw unknown(place + " is not zero after its Sanitize, which deallocates, and it says that it reads zeros"
                    + " then (DLFEAT)");
        }
        return Found.NO_MARK;
    }

    // ---- what it answers -------------------------------------------------------------------------------------------

    private byte[] ask(NvmeCommand command) throws HalException {
        NvmeDrive.Completion completion = drive.run(command.within(left()));
        if (!completion.status().isSuccess()) {
            throw refused(said(command, completion.status()), "look at the drive (nvme id-ctrl); do not lend it");
        }
        return completion.data().toArray();
    }

    private void order(NvmeCommand command) throws HalException {
        NvmeStatus status = drive.run(command.within(left())).status();
        if (status.isDeclined()) {
            throw refused(
                    said(command, status),
                    "look whether the drive is locked or write-protected (nvme id-ctrl, nvme sanitize-log)");
        }
        hasBegun = true;
        if (!status.isSuccess()) {
            throw unknown(said(command, status));
        }
    }

    /** What a whole wipe may still take, at least a millisecond: to the kernel no time at all means its own limit. */
    private Duration left() throws HalException {
        long leftNanos = leftNanos();
        if (leftNanos < Duration.ofMillis(1).toNanos()) {
            throw refused(
                    "it is not wiped after " + MOST_WIPE.toSeconds() + " s",
                    "look at the kernel's log and the drive's health (nvme smart-log); do not lend a drive that slow");
        }
        return Duration.ofNanos(leftNanos);
    }

    private long leftNanos() {
        return MOST_WIPE.toNanos() - (pace.nanoTime() - beganNanos);
    }

    private static String said(NvmeCommand command, NvmeStatus status) {
        return command.opcode().words() + (command.namespace() > 0 ? " of namespace " + command.namespace() : "")
                + " was answered " + status;
    }

    private static ByteBuffer littleEndian(byte[] answer) {
        return ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    }

    private HalException refused(String seen, String advice) {
        return new HalException.Refused(key, OPERATION, seen, advice);
    }

    private HalException unknown(String seen) {
        return new HalException.OutcomeUnknown(
                key,
                OPERATION,
                seen,
                "take it for not wiped; look at the drive (nvme sanitize-log, smart-log), then end the quarantine");
    }
}
