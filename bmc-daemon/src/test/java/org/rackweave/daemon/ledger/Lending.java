package org.rackweave.daemon.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;

/** An owner's core over a real ledger, with hardware that does as it is told: lends whole loans from start to end. */
final class Lending {
    private static final LeasePolicy POLICY = new LeasePolicy(1_000, 900_000, 30_000, 15_000, 1, 9, 1, 600_000);
    private static final Principal BORROWER = new Principal("borrower", new NodeId(1, 1), Role.NODE, Optional.empty());

    private final Ledger ledger;
    private final LeaseCore core;
    private final List<String> keys = new ArrayList<>();
    private long now = 1_000_000;
    private long loans;

    /** Starts an owner of so many slices. */
    Lending(Ledger ledger, int slices) throws LedgerException {
        this.ledger = ledger;
        this.core = new LeaseCore(new NodeId(9, 9), POLICY, ledger.slices(), List.of(), ledger.epochFloor());
        List<SliceFacts> facts = new ArrayList<>();
        Map<String, RouteReading> routes = new HashMap<>();
        for (int i = 0; i < slices; i++) {
            keys.add("mem" + i);
            facts.add(new SliceFacts(
                    "mem" + i,
                    ResourceKind.MEMORY,
                    1 << 20,
                    Set.of("cxl/3.0"),
                    ForcedEndEffect.TOLERATED,
                    FenceKind.ROUTE_READBACK));
            routes.put("mem" + i, new RouteReading.Unbound(Epoch.NONE));
        }
        settle(List.of(new LeaseEvent.Started(LeaseEvent.Boot.NEW, facts, routes)));
    }

    /** Lends each slice once, all side by side, and takes it back. */
    void round() throws LedgerException {
        List<LeaseId> leases = new ArrayList<>();
        List<LeaseEvent> asked = new ArrayList<>();
        for (String key : keys) {
            loans++;
            leases.add(new LeaseId(7, loans));
            asked.add(asked(new Command.Reserve(
                    new LeaseId(7, loans), new LoanId(8, loans), key, 900_000, 4, ForcedEndEffect.TOLERATED)));
        }
        settle(asked);
        List<LeaseEvent> committed = new ArrayList<>();
        List<LeaseEvent> renewed = new ArrayList<>();
        List<LeaseEvent> released = new ArrayList<>();
        for (LeaseId lease : leases) {
            Epoch epoch = core.lease(lease, now).orElseThrow().epoch();
            committed.add(asked(new Command.Commit(lease, epoch)));
            renewed.add(asked(new Command.Renew(lease, epoch, loans)));
            released.add(asked(new Command.Release(lease, epoch)));
        }
        settle(committed);
        settle(renewed);
        settle(released);
    }

    long loans() {
        return loans;
    }

    LeaseCore core() {
        return core;
    }

    /** A wall clock, for the ledger. */
    long wallMillis() {
        return 1_790_000_000_000L + now;
    }

    private LeaseEvent asked(Command command) {
        return new LeaseEvent.Asked(BORROWER, "port1", command, 1);
    }

    private void settle(List<LeaseEvent> events) throws LedgerException {
        Deque<LeaseEvent> due = new ArrayDeque<>(events);
        while (!due.isEmpty()) {
            now += 10;
            List<Effect> effects = new ArrayList<>();
            while (!due.isEmpty()) {
                effects.addAll(core.step(due.remove(), now));
            }
            ledger.commit(effects, wallMillis());
            for (Effect effect : effects) {
                if (effect instanceof Effect.Drive drive) {
                    due.add(new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), done(drive)));
                }
            }
        }
    }

    private HardwareResult done(Effect.Drive drive) {
        if (drive.order() instanceof HardwareOrder.Bind) {
            return new HardwareResult.Attached(new Attachment("file-window", "/window/" + drive.sliceKey(), 1 << 20));
        }
        if (drive.order() instanceof HardwareOrder.Unbind) {
            return new HardwareResult.Detached();
        }
        return drive.order() instanceof HardwareOrder.ReadRoute
                ? new HardwareResult.Read(new RouteReading.Unbound(Epoch.NONE))
                : new HardwareResult.Wiped("test", 1 << 20, 1 << 20);
    }
}
