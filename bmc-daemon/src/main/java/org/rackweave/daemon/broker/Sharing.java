package org.rackweave.daemon.broker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.ResourceKind;

/**
 * Who should have how much of one kind: a pure function of what the host has, what its VMs are promised, and what was asked
 * for. First every guarantee; then, from the highest priority down, what was asked for and what VMs normally have above their
 * guarantees. So what is short is short at the lowest priority, there at the VM with most to give, and comes back by itself
 * as soon as it is free again.
 */
final class Sharing {
    /** An asked-for share counts before a normal one of the same priority: it was found room for without taking that away. */
    private static final Comparator<Wish> ORDER = Comparator.comparingInt(Wish::priority)
            .reversed()
            .thenComparing(Wish::source)
            .thenComparingLong(Wish::amount)
            .thenComparing(Wish::vm);

    private final long capacity;
    private final Map<String, Long> guarantees = new HashMap<>();

    /** First who is served first. */
    private final List<Wish> wishes = new ArrayList<>();

    private enum Source {
        ASKED,
        NORMAL
    }

    private record Wish(String vm, int priority, Source source, long amount) {}

    /** @param asks those that the host owes something; of other kinds are left out */
    Sharing(HostReport report, ResourceKind kind, Collection<AskView> asks) {
        this.capacity = report.capacities().stream()
                .filter(one -> one.kind() == kind)
                .mapToLong(HostReport.Capacity::amount)
                .sum();
        for (HostReport.Vm vm : report.vms()) {
            vm.shares().stream().filter(share -> share.kind() == kind).forEach(share -> {
                guarantees.put(vm.name(), share.guaranteed());
                wish(vm.name(), vm.priority(), Source.NORMAL, share.normal() - share.guaranteed());
            });
        }
        for (AskView ask : asks) {
            if (ask.kind() == kind && guarantees.containsKey(ask.vm())) {
                wish(ask.vm(), ask.priority(), Source.ASKED, ask.fromHost());
            }
        }
        wishes.sort(ORDER);
    }

    private void wish(String vm, int priority, Source source, long amount) {
        if (amount > 0) {
            wishes.add(new Wish(vm, priority, source, amount));
        }
    }

    /** Whether the host has what it guarantees. */
    boolean isSound() {
        return guaranteed() <= capacity;
    }

    private long guaranteed() {
        return guarantees.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What this VM should have of each; the sum is never above the capacity. */
    Map<String, Long> shares() {
        Map<String, Long> shares = new HashMap<>(guarantees);
        long left = Math.max(0, capacity - guaranteed());
        for (Wish wish : wishes) {
            long given = Math.min(left, wish.amount());
            left -= given;
            shares.merge(wish.vm(), given, Long::sum);
        }
        return shares;
    }

    /**
     * How much more this VM could be given at this priority without taking anything from its equals and betters, or from
     * itself: what is short is short at the end of the order, so what stands before one of these stays too. What is free now
     * comes first in it, but is not told apart: {@link #free()} is.
     */
    long room(String vm, int priority) {
        long before = 0;
        long kept = 0;
        for (Wish wish : wishes) {
            before += wish.amount();
            if (wish.priority() >= priority || wish.vm().equals(vm)) {
                kept = before;
            }
        }
        return Math.max(0, capacity - guaranteed() - kept);
    }

    /** What nobody has or normally has. */
    long free() {
        return Math.max(
                0,
                capacity - shares().values().stream().mapToLong(Long::longValue).sum());
    }

    boolean knows(String vm) {
        return guarantees.containsKey(vm);
    }
}
