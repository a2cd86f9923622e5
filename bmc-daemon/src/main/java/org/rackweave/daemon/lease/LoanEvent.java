package org.rackweave.daemon.lease;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;

/** What the borrower's core reacts to. */
public sealed interface LoanEvent {
    /** The daemon has started. */
    record Started(LeaseEvent.Boot boot) implements LoanEvent {
        public Started {
            Objects.requireNonNull(boot);
        }
    }

    /**
     * Somebody asks something: borrow, renew, resize, release of a loan, an owner's recall or word that something is kept, or a proposal to move.
     *
     * @param peer who, as its certificate proved
     * @param command one of borrow, renew loan, resize loan, release loan, recall, freed, propose
     * @param lenders the nodes that are alive and own what is asked for; for a borrow and a resize only
     * @param token what the answer is to be sent with
     */
    record Asked(Principal peer, Command command, List<NodeId> lenders, long token) implements LoanEvent {
        public Asked {
            Objects.requireNonNull(peer);
            Objects.requireNonNull(command);
            lenders = List.copyOf(lenders);
        }
    }

    /**
     * Who could lend what some loan waits for, as this node's view of the rack says now.
     *
     * @param kind one of {@link LoanCore#lookedFor()}
     * @param lenders the nodes that are alive and own such
     */
    record LendersSeen(ResourceKind kind, List<NodeId> lenders) implements LoanEvent {
        public LendersSeen {
            Objects.requireNonNull(kind);
            lenders = List.copyOf(lenders);
        }
    }

    /**
     * Another node has answered an {@link Effect.Ask}, or it is known that it does not.
     *
     * @param wipeFault why the certificate of a wipe that came with a grant is no proof; empty when it is one
     */
    record Answered(long exchange, Answer answer, Optional<String> wipeFault) implements LoanEvent {
        public Answered {
            Objects.requireNonNull(answer);
            Objects.requireNonNull(wipeFault);
        }

        /** Nothing is wrong with the certificate, or there was nothing granted. */
        public Answered(long exchange, Answer answer) {
            this(exchange, answer, Optional.empty());
        }
    }

    /** The host has let go of these leases of a loan, since it does not need them: they are given back and the others stay. */
    record LetGo(LoanId loan, Set<LeaseId> leases) implements LoanEvent {
        public LetGo {
            Objects.requireNonNull(loan);
            leases = Set.copyOf(leases);
        }
    }

    /** The daemon is to stop, and gives back all that it borrowed first. */
    record GiveAllBack(String why) implements LoanEvent {
        public GiveAllBack {
            Objects.requireNonNull(why);
        }
    }

    /** Time has passed. */
    record Tick() implements LoanEvent {}
}
