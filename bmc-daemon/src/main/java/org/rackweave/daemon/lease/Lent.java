package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** How much of what this owner has is held, and by whom: added up once from its rows, then only read. */
final class Lent {
    private final Map<ResourceKind, Long> owned = new EnumMap<>(ResourceKind.class);
    private final Map<ResourceKind, Long> unheld = new EnumMap<>(ResourceKind.class);
    private final Map<ResourceKind, Long> coming = new EnumMap<>(ResourceKind.class);
    private final Map<NodeId, Map<ResourceKind, Long>> heldBy = new HashMap<>();
    private final Map<LoanId, List<SliceRow>> byLoan = new HashMap<>();

    Lent(Collection<SliceRow> rows) {
        for (SliceRow row : rows) {
            ResourceKind kind = row.facts().kind();
            long amount = row.facts().amount();
            owned.merge(kind, amount, Long::sum);
            row.holding().ifPresent(held -> heldBy.computeIfAbsent(
                            held.borrower(), borrower -> new EnumMap<>(ResourceKind.class))
                    .merge(kind, amount, Long::sum));
            if (isKept(row)) {
                byLoan.computeIfAbsent(LeaseBook.held(row).loan(), loan -> new ArrayList<>())
                        .add(row);
            }
            if (isUnheld(row)) {
                unheld.merge(kind, amount, Long::sum);
            } else if (isComing(row)) {
                coming.merge(kind, amount, Long::sum);
            }
        }
    }

    private static boolean isKept(SliceRow row) {
        return switch (row.state()) {
            case RESERVED, CONFIGURING, ACTIVE, OVERDUE -> LeaseBook.held(row).end() == End.NOT_ENDING;
            case FREE, RECLAIMING, FENCING, SANITISING, QUARANTINED -> false;
        };
    }

    /** Sound, and no lease holds it. */
    static boolean isUnheld(SliceRow row) {
        return row.holding().isEmpty() && row.state() != SliceState.QUARANTINED;
    }

    /** On its way to be free again, and nothing but its hardware or a grace can delay it. */
    static boolean isComing(SliceRow row) {
        return switch (row.state()) {
            case RECLAIMING, FENCING, SANITISING -> true;
            case FREE, RESERVED, CONFIGURING, ACTIVE, OVERDUE, QUARANTINED -> false;
        };
    }

    /** Sound, and held by nobody. */
    long unheld(ResourceKind kind) {
        return unheld.getOrDefault(kind, 0L);
    }

    /** Sound, and held by nobody once all that is on its way has come. */
    long unheldSoon(ResourceKind kind) {
        return unheld(kind) + coming.getOrDefault(kind, 0L);
    }

    long heldBy(NodeId borrower, ResourceKind kind) {
        return heldBy.getOrDefault(borrower, Map.of()).getOrDefault(kind, 0L);
    }

    /** The slices that the loan of a want has, and is not giving back. */
    List<SliceRow> heldFor(WantRow want) {
        return byLoan.getOrDefault(want.loan(), List.of()).stream()
                .filter(row -> LeaseBook.held(row).borrower().equals(want.borrower()))
                .toList();
    }

    long amountFor(WantRow want) {
        return heldFor(want).stream().mapToLong(row -> row.facts().amount()).sum();
    }

    /** What a want still waits for; not positive when its loan has all of it. */
    long open(WantRow want) {
        return want.amount() - amountFor(want);
    }

    /**
     * The largest of a borrower's shares, over all kinds that this owner has.
     *
     * @param more what is kept for it beside what it holds
     */
    double dominantShare(NodeId borrower, Map<ResourceKind, Long> more) {
        double dominant = 0;
        for (Map.Entry<ResourceKind, Long> each : owned.entrySet()) {
            long has = heldBy(borrower, each.getKey()) + more.getOrDefault(each.getKey(), 0L);
            dominant = Math.max(dominant, (double) has / each.getValue());
        }
        return dominant;
    }
}
