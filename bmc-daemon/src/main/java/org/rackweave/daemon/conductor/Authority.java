package org.rackweave.daemon.conductor;

import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Command;

/**
 * Who may ask what of this daemon. Whose lease it is, the cores check.
 *
 * <pre>
 *                                        node   agent of   another   operator   auditor
 *                                               this node  agent
 *   describe, slices, nodes               yes     yes        -         yes        yes
 *   reserve, commit, renew, release       yes      -         -          -          -
 *   recall                                yes      -         -          -          -
 *   leases, loans, events, counters       own     yes        -         yes        yes
 *   audit                                 own      -         -         yes        yes
 *   borrow, renew loan, release loan      own     yes        -         yes         -
 *   revoke, end quarantine                 -       -         -         yes         -
 * </pre>
 *
 * "own": the node's own certificate, used on its own card.
 */
final class Authority {
    private final NodeId self;

    Authority(NodeId self) {
        this.self = self;
    }

    boolean allows(Principal peer, Command.Kind kind) {
        return switch (peer.role()) {
            case NODE -> peer.id().equals(self) ? ownCard(kind) : neighbour(kind);
            case HOST_AGENT -> peer.agentOf().filter(self::equals).isPresent() && agent(kind);
            case OPERATOR -> operator(kind);
            case AUDITOR -> auditor(kind);
        };
    }

    private static boolean neighbour(Command.Kind kind) {
        return switch (kind) {
            case DESCRIBE, LIST_SLICES, LIST_NODES, READ_LEASE, RESERVE, COMMIT, RENEW, RELEASE, RECALL -> true;
            case LIST_LEASES,
                    BORROW,
                    LIST_LOANS,
                    READ_LOAN,
                    RENEW_LOAN,
                    RELEASE_LOAN,
                    REVOKE,
                    END_QUARANTINE,
                    READ_EVENTS,
                    READ_AUDIT,
                    READ_COUNTERS -> false;
        };
    }

    private static boolean ownCard(Command.Kind kind) {
        return switch (kind) {
            case REVOKE, END_QUARANTINE -> false;
            case DESCRIBE,
                    LIST_SLICES,
                    LIST_NODES,
                    READ_LEASE,
                    RESERVE,
                    COMMIT,
                    RENEW,
                    RELEASE,
                    RECALL,
                    LIST_LEASES,
                    BORROW,
                    LIST_LOANS,
                    READ_LOAN,
                    RENEW_LOAN,
                    RELEASE_LOAN,
                    READ_EVENTS,
                    READ_AUDIT,
                    READ_COUNTERS -> true;
        };
    }

    private static boolean agent(Command.Kind kind) {
        return switch (kind) {
            case DESCRIBE,
                    LIST_SLICES,
                    LIST_NODES,
                    LIST_LEASES,
                    READ_LEASE,
                    BORROW,
                    LIST_LOANS,
                    READ_LOAN,
                    RENEW_LOAN,
                    RELEASE_LOAN,
                    READ_EVENTS,
                    READ_COUNTERS -> true;
            case RESERVE, COMMIT, RENEW, RELEASE, RECALL, REVOKE, END_QUARANTINE, READ_AUDIT -> false;
        };
    }

    private static boolean operator(Command.Kind kind) {
        return switch (kind) {
            case RESERVE, COMMIT, RENEW, RELEASE, RECALL -> false;
            case DESCRIBE,
                    LIST_SLICES,
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
                    READ_COUNTERS -> true;
        };
    }

    private static boolean auditor(Command.Kind kind) {
        return switch (kind) {
            case DESCRIBE,
                    LIST_SLICES,
                    LIST_NODES,
                    LIST_LEASES,
                    READ_LEASE,
                    LIST_LOANS,
                    READ_LOAN,
                    READ_EVENTS,
                    READ_AUDIT,
                    READ_COUNTERS -> true;
            case RESERVE, COMMIT, RENEW, RELEASE, RECALL, BORROW, RENEW_LOAN, RELEASE_LOAN, REVOKE, END_QUARANTINE ->
                false;
        };
    }
}
