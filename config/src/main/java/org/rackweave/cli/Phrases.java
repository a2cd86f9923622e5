package org.rackweave.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.rackweave.config.ByteSize;
import org.rackweave.config.TimeSpan;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;

/** How numbers and reasons are said to people. */
final class Phrases {
    private static final int LONGEST_EXACT_SIZE = 8;

    private static final Pattern ID = Pattern.compile("\\b([0-9a-f]{8})[0-9a-f]{24}\\b");

    private Phrases() {}

    /** An amount with its unit, short enough for a table. */
    static String amount(ResourceKind kind, long amount) {
        return switch (kind) {
            case MEMORY -> size(amount);
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR, CORES -> Long.toString(amount);
        };
    }

    /** An amount as a part of a sentence. */
    static String amountOf(ResourceKind kind, long amount) {
        return switch (kind) {
            case MEMORY -> size(amount) + " of memory";
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR, CORES -> amount + " " + kind.unit() + " of " + kind.word();
        };
    }

    /** A size: exact where that is short, else with one decimal. */
    static String size(long bytes) {
        String exact = ByteSize.format(bytes);
        return exact.length() <= LONGEST_EXACT_SIZE ? exact : ByteSize.rough(bytes);
    }

    /** A time in at most two units. */
    static String rough(long millis) {
        return TimeSpan.rough(millis);
    }

    /** A moment of somebody's wall clock. */
    static String moment(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** What a node lends: what is free of what it owns. */
    static String capacity(List<NodeView.Capacity> capacity) {
        List<String> parts = capacity.stream()
                .map(each -> each.kind().word() + ":" + amount(each.kind(), each.free()) + "/"
                        + amount(each.kind(), each.total()))
                .toList();
        return parts.isEmpty() ? "-" : String.join(", ", parts);
    }

    /** A text with the identifiers in it cut to their first eight digits. */
    static String brief(String text) {
        return ID.matcher(text).replaceAll("$1");
    }

    /** A reason, or a dash. */
    static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    /** What to do about a refusal. */
    static String advice(RefusalCode code) {
        return switch (code) {
            case INVALID -> "correct what the message names";
            case DENIED -> "ask somebody whose certificate may do this, or show another one with --identity";
            case NOT_FOUND -> "list what is there: rackweave nodes, slices, leases or loans";
            case CONFLICT -> "read it first: rackweave leases, loans or slices";
            case STALE_EPOCH -> "the lease is lost: stop using what was lent, and borrow again";
            case UNAVAILABLE -> "try again later; 'rackweave status' says what the node lacks";
            case BUSY -> "try again a little later";
            case NO_MATCH -> "ask for what the message names, or see 'rackweave nodes' for what is free";
            case UNREACHABLE -> "try again, or leave that lender out with --from";
            case QUARANTINED -> "look at the hardware, then: rackweave quarantine end SLICE";
        };
    }
}
