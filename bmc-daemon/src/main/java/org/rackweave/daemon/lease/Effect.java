package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;

/** What a lending core wants done. All of a step is carried out in the order persist, hardware, send. */
public sealed interface Effect {
    /** Persist: a slice as it is now. */
    record SaveSlice(SliceRow row) implements Effect {
        public SaveSlice {
            Objects.requireNonNull(row);
        }
    }

    /** Persist: a loan as it is now. */
    record SaveLoan(LoanRow row) implements Effect {
        public SaveLoan {
            Objects.requireNonNull(row);
        }
    }

    /** Persist: a loan that ended long ago is forgotten; the audit trail keeps it. */
    record ForgetLoan(LoanId loan) implements Effect {
        public ForgetLoan {
            Objects.requireNonNull(loan);
        }
    }

    /** Persist: a demand that stands in this owner's line, as it is now. */
    record SaveWant(WantRow row) implements Effect {
        public SaveWant {
            Objects.requireNonNull(row);
        }
    }

    /** Persist: a demand stands in the line no more. */
    record ForgetWant(LoanId loan) implements Effect {
        public ForgetWant {
            Objects.requireNonNull(loan);
        }
    }

    /** Persist: what was asked for a VM of this host, as it is now. */
    record SaveAsk(AskView ask) implements Effect {
        public SaveAsk {
            Objects.requireNonNull(ask);
        }
    }

    /** Persist: what was asked for a VM and ended long ago is forgotten; the audit trail keeps it. */
    record ForgetAsk(AskId ask) implements Effect {
        public ForgetAsk {
            Objects.requireNonNull(ask);
        }
    }

    /** Persist: a row of the audit trail. */
    record Audit(String actor, String action, String subject, String detail) implements Effect {
        public Audit {
            Objects.requireNonNull(actor);
            Objects.requireNonNull(action);
            Objects.requireNonNull(subject);
            Objects.requireNonNull(detail);
        }
    }

    /** Hardware: carry out an order, and come back with {@link LeaseEvent.HardwareDone}. */
    record Drive(String sliceKey, Epoch epoch, HardwareOrder order) implements Effect {
        public Drive {
            Objects.requireNonNull(sliceKey);
            Objects.requireNonNull(epoch);
            Objects.requireNonNull(order);
        }
    }

    /** Send: the answer to whoever asked with this token. */
    record Reply(long token, Answer answer) implements Effect {
        public Reply {
            Objects.requireNonNull(answer);
        }
    }

    /** Send: a command to another node, and come back with {@link LoanEvent.Answered}. */
    record Ask(long exchange, NodeId to, Command command) implements Effect {
        public Ask {
            Objects.requireNonNull(to);
            Objects.requireNonNull(command);
        }
    }

    /** Send: ask a borrower to give back. A hint: its renewals are refused too. */
    record AskBack(NodeId borrower, Command.Recall recall) implements Effect {
        public AskBack {
            Objects.requireNonNull(borrower);
            Objects.requireNonNull(recall);
        }
    }

    /** Send: tell a borrower that something is kept for its demand. A hint: it asks again by itself. */
    record SayFreed(NodeId borrower, Command.Freed freed) implements Effect {
        public SayFreed {
            Objects.requireNonNull(borrower);
            Objects.requireNonNull(freed);
        }
    }

    /** Send: a command of the broker to this node's own borrower's core, for what was asked for a VM if there is such. */
    record AskOwnLoans(AskId ask, Command command) implements Effect {
        public AskOwnLoans {
            Objects.requireNonNull(ask);
            Objects.requireNonNull(command);
        }
    }

    /** Send: these leases of a loan are given back by this node's own borrower's core: their host has let go of them. */
    record GiveBackPart(LoanId loan, Set<LeaseId> leases) implements Effect {
        public GiveBackPart {
            Objects.requireNonNull(loan);
            leases = Set.copyOf(leases);
        }
    }

    /** Send: the host's agent has something new to do. */
    record OrdersChanged() implements Effect {}

    /** Send: something that people or observers want to know. */
    record Tell(String kind, String subject, String text) implements Effect {
        public Tell {
            Objects.requireNonNull(kind);
            Objects.requireNonNull(subject);
            Objects.requireNonNull(text);
        }
    }

    /** Count: a result of an older epoch, or of an order that nobody waits for, was dropped. */
    record DroppedResult(String sliceKey) implements Effect {
        public DroppedResult {
            Objects.requireNonNull(sliceKey);
        }
    }

    /** Count: a lease was taken back for a demand of a higher priority. */
    record Reclaimed(LeaseId lease) implements Effect {
        public Reclaimed {
            Objects.requireNonNull(lease);
        }
    }
}
