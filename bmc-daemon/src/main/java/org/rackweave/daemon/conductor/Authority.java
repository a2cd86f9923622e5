package org.rackweave.daemon.conductor;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Command;

/**
 * Who may ask what of this daemon. Whose lease it is, the cores check.
 *
 * <pre>
 *              neighbour   own card   own agent   operator   auditor
 *   INTRODUCE     yes         yes        yes         yes       yes      describe, slices, nodes
 *   LEASE         yes         yes         -           -         -       reserve, commit, renew, release, recall
 *   READ_LEASE    its own     yes        yes         yes       yes
 *   LOOK           -          yes        yes         yes       yes      leases, loans, events, counters, which group keys
 *   BORROW         -          yes        yes         yes        -       borrow, renew and release a loan; ask for a VM
 *   SERVE          -           -         yes          -         -       report the host, read and end orders for it
 *   AUDIT          -          yes         -          yes       yes
 *   ORDER          -           -          -          yes        -       revoke, end a quarantine, rotate the group key
 *   MEMBER        yes          -          -           -         -       read the group key
 *   VOUCHED       yes         yes        yes         yes       yes      read and install revocations: the authority signed them
 * </pre>
 *
 * An agent of another node has no rights here. An order is a person's: not even the card itself may give one.
 */
final class Authority {
    private static final Map<Standing, Set<Right>> RIGHTS = new EnumMap<>(Standing.class);

    static {
        RIGHTS.put(Standing.STRANGER, EnumSet.noneOf(Right.class));
        RIGHTS.put(
                Standing.NEIGHBOUR,
                EnumSet.of(Right.INTRODUCE, Right.LEASE, Right.READ_LEASE, Right.MEMBER, Right.VOUCHED));
        RIGHTS.put(Standing.OWN_CARD, EnumSet.complementOf(EnumSet.of(Right.ORDER, Right.SERVE, Right.MEMBER)));
        RIGHTS.put(
                Standing.OWN_AGENT,
                EnumSet.of(Right.INTRODUCE, Right.READ_LEASE, Right.LOOK, Right.BORROW, Right.SERVE, Right.VOUCHED));
        RIGHTS.put(Standing.OPERATOR, EnumSet.complementOf(EnumSet.of(Right.LEASE, Right.SERVE, Right.MEMBER)));
        RIGHTS.put(
                Standing.AUDITOR,
                EnumSet.of(Right.INTRODUCE, Right.READ_LEASE, Right.LOOK, Right.AUDIT, Right.VOUCHED));
    }

    private final NodeId self;

    private enum Standing {
        STRANGER,
        NEIGHBOUR,
        OWN_CARD,
        OWN_AGENT,
        OPERATOR,
        AUDITOR
    }

    private enum Right {
        INTRODUCE,
        LEASE,
        READ_LEASE,
        LOOK,
        BORROW,
        SERVE,
        AUDIT,
        ORDER,
        MEMBER,
        VOUCHED
    }

    Authority(NodeId self) {
        this.self = self;
    }

    boolean allows(Principal peer, Command.Kind kind) {
        return RIGHTS.getOrDefault(standing(peer), Set.of()).contains(needed(kind));
    }

    /** Whether this peer sees only the leases that it borrowed itself. */
    boolean seesOnlyItsOwn(Principal peer) {
        return standing(peer) == Standing.NEIGHBOUR;
    }

    private Standing standing(Principal peer) {
        return switch (peer.role()) {
            case NODE -> peer.id().equals(self) ? Standing.OWN_CARD : Standing.NEIGHBOUR;
            case HOST_AGENT -> peer.agentOf().filter(self::equals).isPresent() ? Standing.OWN_AGENT : Standing.STRANGER;
            case OPERATOR -> Standing.OPERATOR;
            case AUDITOR -> Standing.AUDITOR;
        };
    }

    private static Right needed(Command.Kind kind) {
        return switch (kind) {
            case DESCRIBE, LIST_SLICES, LIST_NODES, LIST_WANTS -> Right.INTRODUCE;
            case RESERVE, COMMIT, RENEW, RELEASE, RECALL, WANT, WITHDRAW_WANT, FREED, PROPOSE -> Right.LEASE;
            case READ_LEASE -> Right.READ_LEASE;
            case LIST_LEASES,
                    LIST_LOANS,
                    READ_LOAN,
                    READ_EVENTS,
                    READ_COUNTERS,
                    READ_DEMAND,
                    READ_HOST,
                    LIST_ASKS,
                    READ_ASK,
                    READ_GROUP -> Right.LOOK;
            case BORROW, RENEW_LOAN, RELEASE_LOAN, RESIZE_LOAN, ASK_FOR_VM, RETURN_ASK -> Right.BORROW;
            case REPORT_HOST, READ_ORDERS, ORDER_DONE -> Right.SERVE;
            case READ_AUDIT -> Right.AUDIT;
            case REVOKE, END_QUARANTINE, ROTATE_GROUP_KEY -> Right.ORDER;
            case READ_GROUP_KEY -> Right.MEMBER;
            case INSTALL_REVOCATIONS, READ_REVOCATIONS -> Right.VOUCHED;
        };
    }
}
