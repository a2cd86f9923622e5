package org.rackweave.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The rack's lending rules, as operators sign them. An owner applies the lines that concern it and needs nobody for it: a
 * quota is handed to owners in parts.
 *
 * <pre>
 * version 3                            # grows with each change; an older one is refused
 * cap 5                                # the highest priority that counts, of anybody
 * cap 9 for 98965fd1...                # of one node, by its whole id
 * floor memory 8GiB                    # what each owner never lends
 * floor cores 2 at 4be1a9c0...         # what this one never lends
 * quota memory 16GiB                   # what each borrower may have of each owner
 * quota memory 64GiB for 98965fd1... at 4be1a9c0...
 * reservations 16                      # how many slices each borrower may have reserved of each owner at once
 * reservations 4 at 4be1a9c0...        # of this one
 * </pre>
 *
 * <p>Of several lines that concern the same, the one that names more holds: both, else the borrower, else the owner. Nodes
 * stand there by their ids: a name is a label, and two certificates could bear it.
 *
 * @param version from 1
 */
public record PolicyDocument(
        long version, List<Cap> caps, List<Floor> floors, List<Quota> quotas, List<Reservations> reservations) {
    /** What a signature under such a text is for. */
    public static final String PURPOSE = "lending policy";

    /** The words for what can be lent; amounts of memory are in bytes, of all else in pieces. */
    public static final List<String> KINDS =
            List.of("memory", "pcie-device", "function", "lanes", "accelerator", "cores");

    /** The highest priority that there is. */
    public static final int MAX_PRIORITY = 9;

    /** The most reservations that a line may allow: some dozens of the largest loans at once. */
    public static final int MAX_RESERVATIONS = 4_096;

    public PolicyDocument {
        caps = List.copyOf(caps);
        floors = List.copyOf(floors);
        quotas = List.copyOf(quotas);
        reservations = List.copyOf(reservations);
        if (version < 1) {
            throw new IllegalArgumentException("versions count from 1");
        }
    }

    /**
     * @param priority 0 to 9: higher ones count as this
     * @param borrower whose; anybody's when empty
     */
    public record Cap(int priority, Optional<String> borrower) {}

    /**
     * @param kind one of {@link #KINDS}
     * @param amount in the unit of the kind
     * @param owner where; everywhere when empty
     */
    public record Floor(String kind, long amount, Optional<String> owner) {}

    /**
     * @param kind one of {@link #KINDS}
     * @param amount in the unit of the kind
     * @param borrower whose; anybody's when empty
     * @param owner of whom; of each when empty
     */
    public record Quota(String kind, long amount, Optional<String> borrower, Optional<String> owner) {}

    /**
     * @param most how many slices one borrower may have reserved and not committed, 1 to {@link #MAX_RESERVATIONS}
     * @param owner where; everywhere when empty
     */
    public record Reservations(int most, Optional<String> owner) {}

    /** The highest priority that counts for a borrower; empty when no line says anything. */
    public OptionalLong cap(String borrower) {
        return caps.stream()
                .filter(cap -> concerns(cap.borrower(), borrower))
                .max((a, b) -> Integer.compare(weight(a.borrower()), weight(b.borrower())))
                .map(cap -> OptionalLong.of(cap.priority()))
                .orElse(OptionalLong.empty());
    }

    /** What an owner never lends of a kind. */
    public long floor(String kind, String owner) {
        return floors.stream()
                .filter(floor -> floor.kind().equals(kind) && concerns(floor.owner(), owner))
                .max((a, b) -> Integer.compare(weight(a.owner()), weight(b.owner())))
                .map(Floor::amount)
                .orElse(0L);
    }

    /** How many slices one borrower may have reserved of an owner at once; empty when no line says anything. */
    public OptionalInt reservations(String owner) {
        return reservations.stream()
                .filter(line -> concerns(line.owner(), owner))
                .max((a, b) -> Integer.compare(weight(a.owner()), weight(b.owner())))
                .map(line -> OptionalInt.of(line.most()))
                .orElse(OptionalInt.empty());
    }

    /** What a borrower may have of an owner; empty when no line says anything. */
    public OptionalLong quota(String kind, String borrower, String owner) {
        return quotas.stream()
                .filter(quota -> quota.kind().equals(kind)
                        && concerns(quota.borrower(), borrower)
                        && concerns(quota.owner(), owner))
                .max((a, b) -> Integer.compare(weight(a), weight(b)))
                .map(quota -> OptionalLong.of(quota.amount()))
                .orElse(OptionalLong.empty());
    }

    private static boolean concerns(Optional<String> written, String node) {
        return written.map(node::equals).orElse(true);
    }

    private static int weight(Optional<String> written) {
        return written.isPresent() ? 1 : 0;
    }

    private static int weight(Quota quota) {
        return 2 * weight(quota.borrower()) + weight(quota.owner());
    }
}
