package org.rackweave.protocol.message;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the host agent says of its host: what there is, which VM has how much, and how much of it is used.
 *
 * @param capacities what the host has for VMs, each kind once
 * @param vms its VMs, each name once; at most {@link #MAX_VMS}
 * @param loans how much is used of what the host borrowed, each loan once; at most {@link #MAX_LOANS}
 */
public record HostReport(List<Capacity> capacities, List<Vm> vms, List<LoanUse> loans) {
    /** With names and three kinds each, as many as fit the body of a request. */
    public static final int MAX_VMS = 24;

    /** As many as fit beside them. */
    public static final int MAX_LOANS = 16;

    /** 2^50: a pebibyte of memory. Sums of all that is in a report then fit a long. */
    public static final long MAX_AMOUNT = 1L << 50;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,31}");

    public HostReport {
        capacities = List.copyOf(capacities);
        vms = List.copyOf(vms);
        loans = List.copyOf(loans);
        if (vms.size() > MAX_VMS || loans.size() > MAX_LOANS) {
            throw new IllegalArgumentException("more than " + MAX_VMS + " VMs or " + MAX_LOANS + " loans");
        }
        requireOnce(capacities.stream().map(Capacity::kind).toList(), "a kind");
        requireOnce(vms.stream().map(Vm::name).toList(), "a VM");
        requireOnce(loans.stream().map(LoanUse::loan).toList(), "a loan");
    }

    /** What the host has of one kind for its VMs, in the unit of the kind. */
    public record Capacity(ResourceKind kind, long amount) {
        public Capacity {
            Objects.requireNonNull(kind);
            if (amount < 0 || amount > MAX_AMOUNT) {
                throw new IllegalArgumentException("a capacity is 0 to 2^50");
            }
        }
    }

    /**
     * A VM, or whatever else the host keeps apart.
     *
     * @param name as the agent calls it: 1 to 32 characters of a-z, 0-9, '.', '_' and '-'
     * @param priority 0 (least) to 9
     * @param shares what it has, each kind once
     */
    public record Vm(String name, int priority, List<Share> shares) {
        public Vm {
            requireName(name);
            shares = List.copyOf(shares);
            if (priority < 0 || priority > Requirement.MAX_PRIORITY) {
                throw new IllegalArgumentException("priority is 0 to " + Requirement.MAX_PRIORITY);
            }
            requireOnce(shares.stream().map(Share::kind).toList(), "a kind of VM " + name);
        }
    }

    /**
     * What a VM has of one kind, in the unit of the kind.
     *
     * @param guaranteed it is never scaled down below this
     * @param normal what it has when nobody asks for anything; at least {@code guaranteed}
     * @param held what it has now, as the agent read it back
     * @param usedPercent how much of that it used since the last report, 0 to 100
     */
    public record Share(ResourceKind kind, long guaranteed, long normal, long held, int usedPercent) {
        public Share {
            Objects.requireNonNull(kind);
            if (guaranteed < 0 || normal < guaranteed || held < 0 || Math.max(normal, held) > MAX_AMOUNT) {
                throw new IllegalArgumentException("a share is 0 <= guaranteed <= normal, and 0 <= held, up to 2^50");
            }
            requirePercent(usedPercent);
        }
    }

    /**
     * How much of a loan the host used since the last report, 0 to 100. 0 is not at all; what is less than one percent is
     * told as 1.
     */
    public record LoanUse(LoanId loan, int usedPercent) {
        public LoanUse {
            Objects.requireNonNull(loan);
            requirePercent(usedPercent);
        }
    }

    static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a VM's name is 1 to 32 of a-z, 0-9, '.', '_' and '-'");
        }
    }

    private static void requirePercent(int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("usedPercent is 0 to 100");
        }
    }

    private static <T> void requireOnce(List<T> all, String what) {
        Set<T> seen = new HashSet<>();
        for (T one : all) {
            if (!seen.add(one)) {
                throw new IllegalArgumentException(what + " is there twice: " + one);
            }
        }
    }
}
