package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;

/**
 * What one party asks of a daemon by unicast. The first group is spoken between daemons; the second by clients (the CLI,
 * the host agent, an operator) to any daemon; both travel by CoAP over DTLS and who asks is proven by its certificate.
 */
public sealed interface Command {
    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All commands. The position has no meaning on the wire: method and path have. */
    enum Kind {
        DESCRIBE,
        LIST_SLICES,
        RESERVE,
        COMMIT,
        RENEW,
        RELEASE,
        RECALL,
        LIST_NODES,
        LIST_LEASES,
        READ_LEASE,
        BORROW,
        LIST_LOANS,
        READ_LOAN,
        RENEW_LOAN,
        RELEASE_LOAN,
        REVOKE,
        END_QUARANTINE,
        READ_EVENTS,
        READ_AUDIT,
        READ_COUNTERS,
        WANT,
        WITHDRAW_WANT,
        FREED,
        LIST_WANTS,
        RESIZE_LOAN,
        REPORT_HOST,
        READ_HOST,
        ASK_FOR_VM,
        LIST_ASKS,
        READ_ASK,
        RETURN_ASK,
        READ_ORDERS,
        ORDER_DONE,
        PROPOSE,
        READ_DEMAND,
        INSTALL_REVOCATIONS,
        READ_REVOCATIONS,
        READ_GROUP_KEY,
        READ_GROUP,
        ROTATE_GROUP_KEY
    }

    // ---- between daemons -------------------------------------------------------------------------------------------

    /** Who are you? Answered with {@link Answer.Description}. Confirms a neighbour that only datagrams have named. */
    record Describe() implements Command {
        @Override
        public Kind kind() {
            return Kind.DESCRIBE;
        }
    }

    /**
     * What do you own? Answered with {@link Answer.Slices}; those that are free are offers, and an offer holds nothing.
     *
     * @param resource only slices of this kind
     */
    record ListSlices(Optional<ResourceKind> resource) implements Command {
        public ListSlices {
            Objects.requireNonNull(resource);
        }

        @Override
        public Kind kind() {
            return Kind.LIST_SLICES;
        }
    }

    /**
     * Promise me a slice for a short time. Answered with {@link Answer.Lease}. The same lease id again from the same
     * borrower: the same answer.
     *
     * @param lease drawn by the borrower
     * @param loan the group it belongs to
     * @param sliceKey which slice of this owner
     * @param termMillis the term that the lease will have
     * @param priority 0 to 9
     * @param worstForcedEnd what the borrower's host can survive
     * @param configuration what is to be loaded into it when it is committed; at most 64 characters
     */
    record Reserve(
            LeaseId lease,
            LoanId loan,
            String sliceKey,
            long termMillis,
            int priority,
            ForcedEndEffect worstForcedEnd,
            Optional<String> configuration)
            implements Command {
        /** With nothing to load. */
        public Reserve(
                LeaseId lease,
                LoanId loan,
                String sliceKey,
                long termMillis,
                int priority,
                ForcedEndEffect worstForcedEnd) {
            this(lease, loan, sliceKey, termMillis, priority, worstForcedEnd, Optional.empty());
        }

        public Reserve {
            Objects.requireNonNull(lease);
            Objects.requireNonNull(loan);
            SliceId.requireKey(sliceKey);
            Objects.requireNonNull(worstForcedEnd);
            if (termMillis < 1 || priority < 0 || priority > Requirement.MAX_PRIORITY) {
                throw new IllegalArgumentException("term or priority out of range");
            }
            if (configuration.isPresent()
                    && (configuration.get().isEmpty()
                            || configuration.get().length() > Requirement.MAX_CONFIGURATION_CHARS)) {
                throw new IllegalArgumentException(
                        "configuration is 1 to " + Requirement.MAX_CONFIGURATION_CHARS + " characters");
            }
        }

        @Override
        public Kind kind() {
            return Kind.RESERVE;
        }
    }

    /**
     * Route what you promised. Answered with {@link Answer.Lease} once the hardware is routed and the grant is in the
     * ledger.
     */
    record Commit(LeaseId lease, Epoch epoch) implements Command {
        public Commit {
            Objects.requireNonNull(lease);
            Objects.requireNonNull(epoch);
        }

        @Override
        public Kind kind() {
            return Kind.COMMIT;
        }
    }

    /**
     * Let me keep it for another term, counted by the owner from its answer, by the borrower from the first transmission.
     *
     * @param number grows with each new renewal of this lease; the same number again is the same renewal
     */
    record Renew(LeaseId lease, Epoch epoch, long number) implements Command {
        public Renew {
            Objects.requireNonNull(lease);
            Objects.requireNonNull(epoch);
            if (number < 1) {
                throw new IllegalArgumentException("renewals count from 1");
            }
        }

        @Override
        public Kind kind() {
            return Kind.RENEW;
        }
    }

    /** I have let go; take it back. A lease that has ended already: the same answer. */
    record Release(LeaseId lease, Epoch epoch) implements Command {
        public Release {
            Objects.requireNonNull(lease);
            Objects.requireNonNull(epoch);
        }

        @Override
        public Kind kind() {
            return Kind.RELEASE;
        }
    }

    /**
     * The owner to the borrower: give it back within the grace, else it is taken. Answered with {@link Answer.Done} when
     * the borrower has begun to let go.
     */
    record Recall(LeaseId lease, Epoch epoch, long graceMillis, String reason) implements Command {
        public Recall {
            Objects.requireNonNull(lease);
            Objects.requireNonNull(epoch);
            if (graceMillis < 0 || reason.length() > LeaseView.MAX_REASON_CHARS) {
                throw new IllegalArgumentException("grace is negative, or the reason is too long");
            }
        }

        @Override
        public Kind kind() {
            return Kind.RECALL;
        }
    }

    /**
     * Put my demand into the line for what you own, or keep it there: it is forgotten when it is not repeated within the time
     * that the answer names. Answered with {@link Answer.Place}. When something becomes free the owner keeps it for a short
     * while for the head of the line, and says {@link Freed}; a higher priority makes it take back what lower ones hold. The
     * same loan again: the same place.
     *
     * @param loan the borrower's name for its demand
     * @param requirement what the whole loan asks for
     * @param amount how much of it the loan is to hold of this owner, what it holds there already included; at least 1
     */
    record Want(LoanId loan, Requirement requirement, long amount) implements Command {
        public Want {
            Objects.requireNonNull(loan);
            Objects.requireNonNull(requirement);
            if (amount < 1) {
                throw new IllegalArgumentException("amount is at least 1");
            }
        }

        @Override
        public Kind kind() {
            return Kind.WANT;
        }
    }

    /** Take my demand out of your line. Answered with {@link Answer.Done}, also when it does not stand there. */
    record WithdrawWant(LoanId loan) implements Command {
        public WithdrawWant {
            Objects.requireNonNull(loan);
        }

        @Override
        public Kind kind() {
            return Kind.WITHDRAW_WANT;
        }
    }

    /**
     * The coordinator to a borrower: with this slice in place of that lease you would let somebody be served. Advice. Answered
     * with {@link Answer.Done} when the borrower tries, and then has the new slice before it lets go of the old; with a refusal
     * when it does not, which ends the matter.
     *
     * @param lease what it would give up
     * @param to what it could have in its place
     * @param reason for whom; at most 256 characters
     */
    record Propose(LeaseId lease, SliceId to, String reason) implements Command {
        public Propose {
            Objects.requireNonNull(lease);
            Objects.requireNonNull(to);
            if (reason.length() > LeaseView.MAX_REASON_CHARS) {
                throw new IllegalArgumentException("the reason is too long");
            }
        }

        @Override
        public Kind kind() {
            return Kind.PROPOSE;
        }
    }

    /** The owner to the borrower: something is kept for this demand of yours, for now. A hint. Answered with {@link Answer.Done}. */
    record Freed(LoanId loan) implements Command {
        public Freed {
            Objects.requireNonNull(loan);
        }

        @Override
        public Kind kind() {
            return Kind.FREED;
        }
    }

    // ---- from clients ----------------------------------------------------------------------------------------------

    /** The rack as this node sees it. Answered with {@link Answer.Nodes}. */
    record ListNodes() implements Command {
        @Override
        public Kind kind() {
            return Kind.LIST_NODES;
        }
    }

    /** What this node lends. Answered with {@link Answer.Leases}. */
    record ListLeases() implements Command {
        @Override
        public Kind kind() {
            return Kind.LIST_LEASES;
        }
    }

    /** One lease that this node lends; may be observed. Answered with {@link Answer.Lease}. */
    record ReadLease(LeaseId lease) implements Command {
        public ReadLease {
            Objects.requireNonNull(lease);
        }

        @Override
        public Kind kind() {
            return Kind.READ_LEASE;
        }
    }

    /**
     * Borrow for your host. Answered with {@link Answer.Loan} when all leases are granted, or when the plan is known for a
     * dry run. The same loan id again: the same answer.
     *
     * @param loan drawn by the client
     * @param requirement what is needed
     * @param mode whether it is done, or only planned
     */
    record Borrow(LoanId loan, Requirement requirement, Mode mode) implements Command {
        public Borrow {
            Objects.requireNonNull(loan);
            Objects.requireNonNull(requirement);
            Objects.requireNonNull(mode);
        }

        /** What is to be done with the plan. */
        public enum Mode {
            /** Now, or not at all. */
            APPLY(1),
            /** Only planned. */
            DRY_RUN(2),
            /** Now, or as soon as it can be: until then the loan waits in the lines of those who could lend. */
            STANDING(3);

            private final int code;

            Mode(int code) {
                this.code = code;
            }

            /** The value on the wire. */
            public int code() {
                return code;
            }

            public static Optional<Mode> ofCode(long code) {
                for (Mode value : values()) {
                    if (value.code == code) {
                        return Optional.of(value);
                    }
                }
                return Optional.empty();
            }
        }

        @Override
        public Kind kind() {
            return Kind.BORROW;
        }
    }

    /** What this node borrows. Answered with {@link Answer.Loans}. */
    record ListLoans() implements Command {
        @Override
        public Kind kind() {
            return Kind.LIST_LOANS;
        }
    }

    /** One loan that this node borrows; may be observed. Answered with {@link Answer.Loan}. */
    record ReadLoan(LoanId loan) implements Command {
        public ReadLoan {
            Objects.requireNonNull(loan);
        }

        @Override
        public Kind kind() {
            return Kind.READ_LOAN;
        }
    }

    /** Renew all leases of a loan now. Answered with {@link Answer.Loan}. */
    record RenewLoan(LoanId loan) implements Command {
        public RenewLoan {
            Objects.requireNonNull(loan);
        }

        @Override
        public Kind kind() {
            return Kind.RENEW_LOAN;
        }
    }

    /** Give a loan back. Answered with {@link Answer.Loan} when every lender has taken it back or was told to. */
    record ReleaseLoan(LoanId loan) implements Command {
        public ReleaseLoan {
            Objects.requireNonNull(loan);
        }

        @Override
        public Kind kind() {
            return Kind.RELEASE_LOAN;
        }
    }

    /**
     * An operator to the owner: take a lease back. Answered with {@link Answer.Lease} once the borrower is being asked.
     *
     * @param graceMillis how long the borrower has before it is forced, where a forced end is tolerated
     */
    record Revoke(LeaseId lease, long graceMillis, String reason) implements Command {
        public Revoke {
            Objects.requireNonNull(lease);
            if (graceMillis < 0 || reason.length() > LeaseView.MAX_REASON_CHARS) {
                throw new IllegalArgumentException("grace is negative, or the reason is too long");
            }
        }

        @Override
        public Kind kind() {
            return Kind.REVOKE;
        }
    }

    /** An operator to the owner: this slice is sound again; fence, wipe and free it. Answered with {@link Answer.Done}. */
    record EndQuarantine(String sliceKey, String reason) implements Command {
        public EndQuarantine {
            SliceId.requireKey(sliceKey);
            if (reason.length() > LeaseView.MAX_REASON_CHARS) {
                throw new IllegalArgumentException("the reason is too long");
            }
        }

        @Override
        public Kind kind() {
            return Kind.END_QUARANTINE;
        }
    }

    /** Events after a number; may be observed. Answered with {@link Answer.Events}. */
    record ReadEvents(long after) implements Command {
        public ReadEvents {
            if (after < 0) {
                throw new IllegalArgumentException("after is not negative");
            }
        }

        @Override
        public Kind kind() {
            return Kind.READ_EVENTS;
        }
    }

    /** Audit rows after a number, at most as many as fit one answer. Answered with {@link Answer.Audit}. */
    record ReadAudit(long after) implements Command {
        public ReadAudit {
            if (after < 0) {
                throw new IllegalArgumentException("after is not negative");
            }
        }

        @Override
        public Kind kind() {
            return Kind.READ_AUDIT;
        }
    }

    /** All counters. Answered with {@link Answer.Counters}. */
    record ReadCounters() implements Command {
        @Override
        public Kind kind() {
            return Kind.READ_COUNTERS;
        }
    }

    /** Who waits for what this node owns. Answered with {@link Answer.Wants}, each line in its order. */
    record ListWants() implements Command {
        @Override
        public Kind kind() {
            return Kind.LIST_WANTS;
        }
    }

    /**
     * Make an active loan larger or smaller. Answered with {@link Answer.Loan} when it has the new size. What cannot be
     * borrowed in addition, or given back because no slice is as small, is refused, and the loan stays as it was.
     *
     * @param amount what the loan is to have in all; at least 1
     */
    record ResizeLoan(LoanId loan, long amount) implements Command {
        public ResizeLoan {
            Objects.requireNonNull(loan);
            if (amount < 1) {
                throw new IllegalArgumentException("amount is at least 1");
            }
        }

        @Override
        public Kind kind() {
            return Kind.RESIZE_LOAN;
        }
    }

    /** What the rack waits for, as its coordinator sees it. Answered with {@link Answer.Demand}. */
    record ReadDemand() implements Command {
        @Override
        public Kind kind() {
            return Kind.READ_DEMAND;
        }
    }

    // ---- who belongs to the rack
    // -------------------------------------------------------------------------------------

    /**
     * Take the authority's newest list of revoked members, and tell the neighbours. Whoever brings it: the authority's signature is
     * what counts. Answered with {@link Answer.Done}, also when it was known; a list that is older, forged or another rack's is
     * refused.
     *
     * @param signed as the authority signed it
     */
    record InstallRevocations(Carried signed) implements Command {
        public InstallRevocations {
            Objects.requireNonNull(signed);
        }

        @Override
        public Kind kind() {
            return Kind.INSTALL_REVOCATIONS;
        }
    }

    /** The group keys that this node seals with, now and next: for members only. Answered with {@link Answer.GroupKeys}. */
    record ReadGroupKey() implements Command {
        @Override
        public Kind kind() {
            return Kind.READ_GROUP_KEY;
        }
    }

    /** Which group keys this node has, without the keys. Answered with {@link Answer.Group}. */
    record ReadGroup() implements Command {
        @Override
        public Kind kind() {
            return Kind.READ_GROUP;
        }
    }

    /** Make a new group key now. Answered with {@link Answer.Done} once it is made; it spreads by itself. */
    record RotateGroupKey() implements Command {
        @Override
        public Kind kind() {
            return Kind.ROTATE_GROUP_KEY;
        }
    }

    /** The newest list of revoked members that this node knows. Answered with {@link Answer.Revocations}. */
    record ReadRevocations() implements Command {
        @Override
        public Kind kind() {
            return Kind.READ_REVOCATIONS;
        }
    }

    // ---- between a host's agent and its card
    // -------------------------------------------------------------------------

    /** The agent says what its host has, and how much of it is used. Answered with {@link Answer.Done}. */
    record ReportHost(HostReport report) implements Command {
        public ReportHost {
            Objects.requireNonNull(report);
        }

        @Override
        public Kind kind() {
            return Kind.REPORT_HOST;
        }
    }

    /** What the agent reported last. Answered with {@link Answer.Host}. */
    record ReadHost() implements Command {
        @Override
        public Kind kind() {
            return Kind.READ_HOST;
        }
    }

    /**
     * Give a VM more: from what its host has free, then from VMs of lower priority, then from neighbours; all of it or
     * nothing. Answered with {@link Answer.VmAsk} as soon as it is in the ledger; how it goes on can be observed. The same id
     * again: the same answer.
     *
     * @param ask drawn by whoever asks
     * @param vm the VM, as the agent calls it
     * @param resource what
     * @param amount how much in addition, in the unit of the kind; at least 1
     * @param priority 0 to 9
     * @param termMillis the term of what has to be borrowed; at least 1
     */
    record AskForVm(AskId ask, String vm, ResourceKind resource, long amount, int priority, long termMillis)
            implements Command {
        public AskForVm {
            Objects.requireNonNull(ask);
            HostReport.requireName(vm);
            Objects.requireNonNull(resource);
            if (amount < 1 || termMillis < 1 || priority < 0 || priority > Requirement.MAX_PRIORITY) {
                throw new IllegalArgumentException("amount, term or priority out of range");
            }
        }

        @Override
        public Kind kind() {
            return Kind.ASK_FOR_VM;
        }
    }

    /** What was asked for VMs. Answered with {@link Answer.VmAsks}. */
    record ListAsks() implements Command {
        @Override
        public Kind kind() {
            return Kind.LIST_ASKS;
        }
    }

    /** One of them; may be observed. Answered with {@link Answer.VmAsk}. */
    record ReadAsk(AskId ask) implements Command {
        public ReadAsk {
            Objects.requireNonNull(ask);
        }

        @Override
        public Kind kind() {
            return Kind.READ_ASK;
        }
    }

    /** The VM needs it no more. Answered with {@link Answer.VmAsk}. One that is returned already: the same answer. */
    record ReturnAsk(AskId ask) implements Command {
        public ReturnAsk {
            Objects.requireNonNull(ask);
        }

        @Override
        public Kind kind() {
            return Kind.RETURN_ASK;
        }
    }

    /** What the agent is to do and has not told the outcome of; may be observed. Answered with {@link Answer.HostOrders}. */
    record ReadOrders() implements Command {
        @Override
        public Kind kind() {
            return Kind.READ_ORDERS;
        }
    }

    /**
     * The agent says what became of an order. Answered with {@link Answer.Done}, also when the order stands no more.
     *
     * @param order its number; from 1
     * @param detail what went wrong, for people; at most 256 characters
     */
    record OrderDone(long order, OrderOutcome outcome, String detail) implements Command {
        public OrderDone {
            Objects.requireNonNull(outcome);
            if (order < 1 || detail.length() > LeaseView.MAX_REASON_CHARS) {
                throw new IllegalArgumentException("orders count from 1, and a detail is short");
            }
        }

        @Override
        public Kind kind() {
            return Kind.ORDER_DONE;
        }
    }
}
