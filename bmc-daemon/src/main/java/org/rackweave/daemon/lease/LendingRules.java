package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Allowance;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

/**
 * What an owner keeps for itself, and how much of the rest one borrower may have. Amounts are in the unit of their kind; a kind
 * that is not named has no rule.
 *
 * @param floors how much of a kind is never lent
 * @param quotas how much of a kind one borrower may hold here: this owner's part of what the rack allows it
 * @param quotasOf the same for borrowers that have one of their own, which then counts instead
 * @param priority the highest priority of a borrower, 0 to 9; a request above it counts as if it had asked for that
 * @param prioritiesOf the same for borrowers that have one of their own, which then counts instead
 * @param maxReservations how many slices one borrower may have reserved and not committed, at least 1
 */
public record LendingRules(
        Map<ResourceKind, Long> floors,
        Map<ResourceKind, Long> quotas,
        Map<NodeId, Map<ResourceKind, Long>> quotasOf,
        int priority,
        Map<NodeId, Integer> prioritiesOf,
        int maxReservations) {
    /** Everything is lent to everybody. A borrower may reserve at once what one loan may have. */
    public static final LendingRules NONE =
            new LendingRules(Map.of(), Map.of(), Map.of(), Map.of(), LoanView.MAX_LEASES);

    /** Where there is no quota. */
    static final long UNLIMITED = Long.MAX_VALUE;

    /** With no highest priority but those of some borrowers. */
    public LendingRules(
            Map<ResourceKind, Long> floors,
            Map<ResourceKind, Long> quotas,
            Map<NodeId, Map<ResourceKind, Long>> quotasOf,
            Map<NodeId, Integer> prioritiesOf,
            int maxReservations) {
        this(floors, quotas, quotasOf, Requirement.MAX_PRIORITY, prioritiesOf, maxReservations);
    }

    public LendingRules {
        floors = Map.copyOf(floors);
        quotas = Map.copyOf(quotas);
        quotasOf = Map.copyOf(quotasOf);
        prioritiesOf = Map.copyOf(prioritiesOf);
        if (maxReservations < 1) {
            throw new IllegalArgumentException("maxReservations is at least 1");
        }
        if (floors.values().stream().anyMatch(amount -> amount < 0)
                || quotas.values().stream().anyMatch(amount -> amount < 0)) {
            throw new IllegalArgumentException("a floor or a quota is negative");
        }
    }

    long floor(ResourceKind kind) {
        return floors.getOrDefault(kind, 0L);
    }

    long quota(NodeId borrower, ResourceKind kind) {
        Long own = quotasOf.getOrDefault(borrower, Map.of()).get(kind);
        return own != null ? own : quotas.getOrDefault(kind, UNLIMITED);
    }

    /** For each kind that has a rule: how much of what is not held the borrower may have beside what it holds. */
    List<Allowance> allowances(NodeId borrower, Lent lent) {
        List<Allowance> all = new ArrayList<>();
        for (ResourceKind kind : ResourceKind.values()) {
            long quota = quota(borrower, kind);
            if (floor(kind) > 0 || quota != UNLIMITED) {
                long left = Math.min(lent.unheld(kind) - floor(kind), quota - lent.heldBy(borrower, kind));
                all.add(new Allowance(kind, Math.max(0, left)));
            }
        }
        return all;
    }

    int capped(NodeId borrower, int asked) {
        return Math.min(asked, prioritiesOf.getOrDefault(borrower, priority));
    }
}
