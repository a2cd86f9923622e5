package org.rackweave.protocol.message;

import java.util.Objects;

/**
 * What was asked for a VM, and how far it is.
 *
 * @param id drawn by whoever asked
 * @param vm the VM that it is for, as the agent calls it
 * @param kind what is asked for
 * @param amount how much in addition to what the VM has, in the unit of the kind; at least 1
 * @param priority 0 (least) to 9; VMs of a lower one may be scaled down for it
 * @param termMillis the term of each renewal of what has to be borrowed; at least 1
 * @param state how far it is
 * @param fromHost how much of it the host itself gives, from what is free or from VMs of lower priority
 * @param borrowed how much of it neighbours lend
 * @param explanation for people; at most 256 characters
 */
public record AskView(
        AskId id,
        String vm,
        ResourceKind kind,
        long amount,
        int priority,
        long termMillis,
        AskState state,
        long fromHost,
        long borrowed,
        String explanation) {
    public static final int MAX_EXPLANATION_CHARS = 256;

    public AskView {
        Objects.requireNonNull(id);
        HostReport.requireName(vm);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(state);
        if (amount < 1 || priority < 0 || priority > Requirement.MAX_PRIORITY || termMillis < 1) {
            throw new IllegalArgumentException("amount, priority or term out of range");
        }
        if (fromHost < 0 || borrowed < 0 || fromHost > amount || borrowed > amount - fromHost) {
            throw new IllegalArgumentException("more is given than was asked for");
        }
        if (explanation.length() > MAX_EXPLANATION_CHARS) {
            throw new IllegalArgumentException("the explanation is too long");
        }
    }

    /** The same, further on in its life. */
    public AskView to(AskState next, String why) {
        String fitting = why.length() <= MAX_EXPLANATION_CHARS ? why : why.substring(0, MAX_EXPLANATION_CHARS);
        return new AskView(id, vm, kind, amount, priority, termMillis, next, fromHost, borrowed, fitting);
    }

    /** The same, with where it comes from. */
    public AskView from(long host, long neighbours) {
        return new AskView(id, vm, kind, amount, priority, termMillis, state, host, neighbours, explanation);
    }
}
