package org.rackweave.sim.world;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rackweave.daemon.lease.End;
import org.rackweave.daemon.lease.Holding;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

/** Compares what ledgers say with what is true, after every event. It sees disks and hardware, never the inside of a core. */
final class Watch {
    /** Time for a batch, a retry of the ledger, and the slowest clock. */
    private static final long SOON_MILLIS = 5_000;
    /** Between two looks when nothing changed: time alone can only make a deadline pass. */
    private static final long LOOK_MILLIS = 250;

    private final World world;
    private final Map<SliceId, Long> highestEpochs = new HashMap<>();
    /** Ended by the word of people, or because a reboot too many left its term unknown: its borrower cannot know in time. */
    private final Set<LeaseId> forced = new HashSet<>();
    /** Of these, what people said is safe to pull. */
    private final Set<LeaseId> declaredSafe = new HashSet<>();
    /** What a lender had answered last when the borrower's card rebooted. */
    private final Map<LeaseId, Optional<LeaseView>> answersBeforeReboot = new HashMap<>();

    /** What somebody else moved, and since when its owner could have looked. */
    private final Map<SliceId, Long> meddledMicros = new HashMap<>();

    private boolean isChanged = true;
    private long lookedMillis;

    Watch(World world) {
        this.world = world;
    }

    /** A disk or hardware is no longer what it was. */
    void changed() {
        isChanged = true;
    }

    void revoked(LeaseId lease) {
        forced.add(lease);
    }

    void declaredSafe(LeaseId lease) {
        forced.add(lease);
        declaredSafe.add(lease);
    }

    /** Whoever holds it, by the word of people it is safe to pull. */
    void declaredSafe(SimulatedNode owner, String key) {
        SliceId id = new SliceId(owner.id(), key);
        for (SimulatedNode borrower : world.nodes()) {
            for (LoanRow loan : borrower.journal().loans()) {
                loan.legs().stream()
                        .filter(leg -> leg.slice().id().equals(id))
                        .forEach(leg -> declaredSafe(leg.lease()));
            }
        }
    }

    boolean isMeddled(SimulatedNode owner, SliceHardware slice) {
        return meddledMicros.containsKey(new SliceId(owner.id(), slice.facts().key()));
    }

    /** Hardware did what was ordered long ago; that may be what its owner expects. */
    void moved(SimulatedNode owner, SliceHardware slice) {
        SliceRow row = owner.journal().slice(slice.facts().key());
        // In the midst of a change its owner may have read the route just before.
        if (row == null || isBeingChanged(row) || !isAsWritten(row, slice)) {
            meddled(owner, slice);
        }
    }

    /** Somebody else moved it: whatever its owner has promised about it cannot be kept. */
    void meddled(SimulatedNode owner, SliceHardware slice) {
        changed();
        meddledMicros.put(
                new SliceId(owner.id(), slice.facts().key()), world.agenda().nowMicros());
        declaredSafe(owner, slice.facts().key());
    }

    /** A ledger is an older one: what it promised since is not known to it, and what it was promised may be over. */
    void restored(SimulatedNode node) {
        for (SliceHardware slice : node.hardware().slices()) {
            SliceRow row = node.journal().slice(slice.facts().key());
            highestEpochs.put(
                    new SliceId(node.id(), slice.facts().key()),
                    row == null ? 0 : row.epoch().value());
            meddled(node, slice);
        }
        for (LoanRow loan : node.journal().loans()) {
            loan.legs().forEach(leg -> answersBeforeReboot.put(leg.lease(), leg.granted()));
        }
    }

    /** What an older ledger takes for a loan, and the host has let go of long since. */
    void forgetsItsReleases(SimulatedNode borrower, List<LoanRow> before) {
        Set<LeaseId> used = new HashSet<>();
        before.stream()
                .filter(loan -> loan.state() == LoanState.ACTIVE)
                .flatMap(loan -> loan.legs().stream())
                .filter(leg -> leg.state() == Leg.State.GRANTED)
                .forEach(leg -> used.add(leg.lease()));
        borrower.journal().loans().stream()
                .flatMap(loan -> loan.legs().stream())
                .filter(leg -> !used.contains(leg.lease()))
                .forEach(leg -> declaredSafe(leg.lease()));
    }

    void reboots(SimulatedNode node) {
        if (node.journal().loans().stream().anyMatch(loan -> loan.state() == LoanState.ACTIVE)) {
            world.totals().reached(Probe.BORROWER_REBOOTED);
        }
    }

    void starts(SimulatedNode node, LeaseEvent.Boot boot) {
        if (!node.journal().wants().isEmpty()) {
            world.totals().reached(Probe.WANT_SURVIVED_RESTART);
        }
        if (boot == LeaseEvent.Boot.SAME) {
            if (node.journal().loans().stream().anyMatch(loan -> loan.state() == LoanState.ACTIVE)) {
                world.totals().reached(Probe.BORROWER_RESTARTED);
            }
            return;
        }
        for (LoanRow loan : node.journal().loans()) {
            loan.legs().forEach(leg -> answersBeforeReboot.put(leg.lease(), leg.granted()));
        }
        for (SliceRow row : node.journal().slices()) {
            Optional<Holding> holding = row.holding();
            if (row.state() == SliceState.ACTIVE && holding.isPresent()) {
                boolean spent = holding.get().rebootGraces() >= World.LEASES.rebootGraces();
                world.totals().reached(spent ? Probe.REBOOT_GRACES_SPENT : Probe.REBOOT_GRACE);
                if (spent) {
                    forced.add(holding.get().lease());
                }
            }
        }
    }

    // ---- what is written -------------------------------------------------------------------------------------------

    SimulatedJournal.Kept of(SimulatedNode node) {
        return new SimulatedJournal.Kept() {
            @Override
            public void slice(@Nullable SliceRow before, SliceRow after) {
                sliceKept(node, before, after);
            }

            @Override
            public void loan(@Nullable LoanRow before, LoanRow after) {
                changed();
                world.demands().moved(before, after);
                if (before != null && after.state() == LoanState.ACTIVE) {
                    checkJoined(node, before, after);
                }
                if (before == null || before.state() != after.state()) {
                    loanMoved(node, before == null ? LoanState.ENDED : before.state(), after);
                    if (before != null && before.state() == LoanState.ACTIVE && after.state() == LoanState.LOST) {
                        checkLoss(node, before, after);
                    }
                }
            }
        };
    }

    private void sliceKept(SimulatedNode node, @Nullable SliceRow before, SliceRow after) {
        changed();
        String key = after.facts().key();
        long epoch = after.epoch().value();
        long highest = highestEpochs.getOrDefault(new SliceId(node.id(), key), 0L);
        require(
                epoch >= highest,
                Invariant.EPOCHS_ONLY_GROW,
                () -> node.name() + "/" + key + " goes from epoch " + highest + " to " + epoch);
        highestEpochs.put(new SliceId(node.id(), key), epoch);
        require(
                after.holding()
                        .filter(h -> h.rebootGraces() > World.LEASES.rebootGraces())
                        .isEmpty(),
                Invariant.TERMS_END,
                () -> node.name() + "/" + key + " has had more fresh terms by reboots than it may");
        if (before != null && before.state() != after.state()) {
            checkMove(node, before, after);
            world.history()
                    .tell(
                            node.name(),
                            () -> key + " " + before.state().word() + " -> "
                                    + after.state().word() + ", epoch " + epoch
                                    + after.holding()
                                            .map(h -> ", " + h.hostPort() + ", until " + h.deadlineMillis())
                                            .orElse("")
                                    + (after.reason().isEmpty() ? "" : ": " + after.reason()));
            sliceMoved(node, before, after);
            world.demands().moved(node, before, after);
        }
    }

    private void checkMove(SimulatedNode node, SliceRow before, SliceRow after) {
        String key = node.name() + "/" + after.facts().key();
        SliceHardware slice = node.hardware().slice(after.facts().key());
        boolean isForced = after.state() == SliceState.FENCING
                && (before.state() == SliceState.ACTIVE || before.state() == SliceState.RECLAIMING);
        boolean isTouched = slice == null || !slice.isBound() || isMeddled(node, slice);
        require(
                !isForced || isTouched || node.clock().bootMillis() >= deadline(before),
                Invariant.TERMS_ARE_KEPT,
                () -> key + " is fenced at " + node.clock().bootMillis() + ", and was promised until "
                        + deadline(before) + ": " + after.reason());
        require(
                after.state() != SliceState.RESERVED || after.epoch().compareTo(before.epoch()) > 0,
                Invariant.EPOCHS_ONLY_GROW,
                () -> key + " is reserved anew with the epoch " + after.epoch().value() + " of before");
        require(
                after.state() != SliceState.ACTIVE
                        || before.holding()
                                .filter(h -> h.end() == End.NOT_ENDING)
                                .isPresent(),
                Invariant.REVOKED_STAYS_REVOKED,
                () -> key + " is active again after "
                        + before.holding().map(Holding::end).orElse(End.FAILED));
    }

    private void sliceMoved(SimulatedNode node, SliceRow before, SliceRow after) {
        Totals totals = world.totals();
        boolean fatal = after.facts().forcedEnd() == ForcedEndEffect.FATAL;
        SliceState from = before.state();
        switch (after.state()) {
            case ACTIVE -> {
                if (from == SliceState.OVERDUE) {
                    totals.reached(Probe.OVERDUE_RECOVERED);
                } else {
                    totals.count(Tally.GRANTS);
                }
                if (after.holding().flatMap(Holding::configuration).isPresent()) {
                    totals.reached(Probe.LOADED_AND_GRANTED);
                }
                if (after.holding().filter(h -> h.borrower().equals(node.id())).isPresent()) {
                    totals.reached(Probe.BORROWED_FROM_SELF);
                }
            }
            case RECLAIMING -> {
                boolean revoked =
                        after.holding().filter(h -> h.end() == End.REVOKED).isPresent();
                totals.count(revoked ? Tally.REVOKES : Tally.RELEASES);
                if (revoked && fatal) {
                    totals.reached(Probe.REVOKED_FATAL);
                } else if (from == SliceState.OVERDUE) {
                    totals.reached(Probe.OVERDUE_RELEASED);
                }
            }
            case FENCING -> {
                totals.count(Tally.FENCES);
                switch (from) {
                    case OVERDUE -> totals.reached(Probe.OVERDUE_ENDED_BY_PEOPLE);
                    case QUARANTINED -> totals.reached(Probe.QUARANTINE_ENDED);
                    case ACTIVE, RECLAIMING -> totals.reached(Probe.TOLERATED_FORCED);
                    case CONFIGURING -> {
                        if (after.holding().flatMap(Holding::configuration).isPresent()) {
                            totals.reached(Probe.LOAD_FAILED);
                        }
                    }
                    case FREE, RESERVED, FENCING, SANITISING -> {}
                }
            }
            case OVERDUE -> totals.count(Tally.OVERDUE);
            case QUARANTINED -> {
                totals.count(Tally.QUARANTINES);
                if (meddledMicros.containsKey(
                        new SliceId(node.id(), after.facts().key()))) {
                    totals.reached(Probe.FOREIGN_HAND_SEEN);
                }
            }
            case FREE -> {
                require(
                        from == SliceState.SANITISING || from == SliceState.RESERVED,
                        Invariant.OVERDUE_IS_NOT_FREE,
                        () -> node.name() + "/" + after.facts().key() + " is free after " + from.word());
                if (from == SliceState.RESERVED && after.reason().contains("lapsed")) {
                    totals.reached(Probe.LAPSED);
                }
            }
            case RESERVED, CONFIGURING, SANITISING -> {}
        }
    }

    private void loanMoved(SimulatedNode node, LoanState from, LoanRow after) {
        world.history()
                .tell(
                        node.name(),
                        () -> "loan " + after.id().brief() + " " + from.word() + " -> "
                                + after.state().word() + ": " + after.explanation());
        boolean several = after.legs().stream()
                        .map(leg -> leg.slice().id().owner())
                        .distinct()
                        .count()
                > 1;
        if (after.state() == LoanState.LOST) {
            world.totals().count(Tally.LOSSES);
            world.totals().reached(Probe.LOAN_LOST);
        } else if (after.state() == LoanState.ACTIVE) {
            world.totals().count(Tally.LOANS);
            if (several) {
                world.totals().reached(Probe.GROUP_GRANTED);
            }
            checkBegin(node, after);
        } else if (several
                && after.state() == LoanState.RELEASING
                && (from == LoanState.RESERVING || from == LoanState.COMMITTING)) {
            world.totals().reached(Probe.GROUP_FELL_APART);
        }
    }

    /** What is to make a loan larger joins it in one step. */
    private static void checkJoined(SimulatedNode borrower, LoanRow before, LoanRow after) {
        boolean hasJoined = after.legs().stream()
                .anyMatch(leg -> leg.state() == Leg.State.GRANTED
                        && leg.part() != Leg.Part.JOINING
                        && before.legs().stream()
                                .anyMatch(was -> was.lease().equals(leg.lease()) && was.part() == Leg.Part.JOINING));
        boolean isJoining = after.legs().stream()
                .anyMatch(leg -> leg.part() == Leg.Part.JOINING
                        && leg.state() != Leg.State.RELEASING
                        && leg.state() != Leg.State.ENDED);
        require(
                !hasJoined || !isJoining,
                Invariant.GROUP_IS_WHOLE,
                () -> borrower.name() + " lets a lease join the loan "
                        + after.id().brief() + " before the others that are to join are granted");
    }

    /** A host may begin to use it now. */
    private void checkBegin(SimulatedNode borrower, LoanRow loan) {
        long now = borrower.clock().bootMillis();
        for (Leg leg : loan.legs()) {
            require(
                    leg.state() != Leg.State.GRANTED || borrower.journal().isSettling() || now < leg.deadlineMillis(),
                    Invariant.NOTHING_NEW_OUTSIDE_ITS_TERM,
                    () -> borrower.name() + " begins to use the loan "
                            + loan.id().brief() + " at " + now + ", and "
                            + leg.slice().id() + " was its own until " + leg.deadlineMillis());
        }
    }

    private void checkLoss(SimulatedNode borrower, LoanRow before, LoanRow after) {
        for (Leg leg : after.legs()) {
            boolean wasHeld = before.legs().stream()
                    .anyMatch(was -> was.lease().equals(leg.lease()) && was.state() == Leg.State.GRANTED);
            boolean isGivenUp = wasHeld
                    && leg.state() == Leg.State.ENDED
                    && leg.slice().forcedEnd() == ForcedEndEffect.FATAL
                    && !forced.contains(leg.lease());
            SliceRow row = world.node(leg.slice().id().owner())
                    .journal()
                    .slice(leg.slice().id().key());
            boolean isStillLent = row != null
                    && (row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE)
                    && row.holding()
                            .filter(h -> h.lease().equals(leg.lease()) && h.end() == End.NOT_ENDING)
                            .isPresent();
            require(
                    !(isGivenUp && isStillLent),
                    Invariant.NETWORK_ENDS_NO_FATAL_LOAN,
                    () -> borrower.name() + " gives up " + leg.slice().id() + ", which its owner still lends to it: "
                            + after.explanation());
        }
    }

    private void checkTold(SimulatedNode node, LoanView loan) {
        require(
                loan.state() == LoanState.ACTIVE
                        || loan.leases().stream()
                                .allMatch(lease -> lease.attachment().isEmpty()),
                Invariant.GROUP_IS_WHOLE,
                () -> node.name() + " tells how to reach a lease of the loan "
                        + loan.id().brief() + ", which is " + loan.state().word());
        Set<LeaseId> shown = new HashSet<>();
        loan.leases().forEach(lease -> shown.add(lease.id()));
        require(
                node.journal().loans().stream()
                        .filter(row -> row.id().equals(loan.id()) && row.state() == LoanState.ACTIVE)
                        .flatMap(row -> row.legs().stream())
                        .noneMatch(leg -> leg.part() == Leg.Part.JOINING && shown.contains(leg.lease())),
                Invariant.GROUP_IS_WHOLE,
                () -> node.name() + " tells of a lease that is to make the loan "
                        + loan.id().brief() + " larger, and not all that is to join is granted");
    }

    /** An answer leaves a node. */
    void answers(SimulatedNode node, Answer answer) {
        if (answer instanceof Answer.Loan told) {
            checkTold(node, told.loan());
        } else if (answer instanceof Answer.Loans told) {
            told.loans().forEach(loan -> checkTold(node, loan));
        }
        if (answer instanceof Answer.Lease told && told.lease().slice().owner().equals(node.id())) {
            SliceRow row = node.journal().slice(told.lease().slice().key());
            require(
                    row != null && row.epoch().compareTo(told.lease().epoch()) >= 0,
                    Invariant.TOLD_IS_WRITTEN,
                    () -> node.name() + " tells of " + told.lease().slice().key() + " with epoch "
                            + told.lease().epoch().value() + ", and its ledger knows "
                            + (row == null
                                    ? "nothing of it"
                                    : "epoch " + row.epoch().value()));
            boolean isAhead = told.lease().state() == SliceState.ACTIVE
                    && row != null
                    && row.epoch().equals(told.lease().epoch())
                    && (row.state() == SliceState.RESERVED || row.state() == SliceState.CONFIGURING);
            require(
                    !isAhead,
                    Invariant.TOLD_IS_WRITTEN,
                    () -> node.name() + " tells that " + told.lease().slice().key()
                            + " is active, and its ledger says that it is not yet");
        }
    }

    // ---- what is true ----------------------------------------------------------------------------------------------

    /** After every event; costs nothing when the event changed nothing. */
    void check() {
        if (!isChanged && world.agenda().nowMillis() < lookedMillis + LOOK_MILLIS) {
            return;
        }
        isChanged = false;
        lookedMillis = world.agenda().nowMillis();
        for (SimulatedNode node : world.nodes()) {
            for (SliceHardware slice : node.hardware().slices()) {
                checkSlice(node, slice);
            }
        }
        Map<SliceId, SimulatedNode> holders = new HashMap<>();
        for (SimulatedNode node : world.nodes()) {
            for (LoanRow loan : node.journal().loans()) {
                if (loan.state() == LoanState.ACTIVE) {
                    checkLoan(node, loan, holders);
                }
            }
        }
        world.nodes().forEach(node -> checkCapacity(node, holders.keySet()));
    }

    private void checkCapacity(SimulatedNode owner, Set<SliceId> held) {
        long owned = 0;
        long spoken = 0;
        for (SliceHardware slice : owner.hardware().slices()) {
            owned += slice.facts().amount();
            SliceRow row = owner.journal().slice(slice.facts().key());
            if (row != null && row.state() == SliceState.FREE) {
                spoken += row.facts().amount();
            }
            if (held.contains(new SliceId(owner.id(), slice.facts().key()))) {
                spoken += slice.facts().amount();
            }
        }
        boolean fits = spoken <= owned;
        long promised = spoken;
        long all = owned;
        require(
                fits,
                Invariant.LENT_IS_OWNED,
                () -> owner.name() + " owns " + all + " bytes, and " + promised + " are held or offered");
    }

    private void checkSlice(SimulatedNode node, SliceHardware slice) {
        SliceRow row = node.journal().slice(slice.facts().key());
        if (row == null) {
            require(
                    !slice.isBound() || isMeddled(node, slice),
                    Invariant.BOUND_IS_GRANTED,
                    () -> said(node, slice, null));
            return;
        }
        if (isMeddled(node, slice)) {
            checkMeddled(node, slice, row);
            return;
        }
        require(
                row.epoch().value() >= slice.boundEpoch(),
                Invariant.EPOCHS_ONLY_GROW,
                () -> "the hardware is ahead: " + said(node, slice, row));
        switch (row.state()) {
            case FREE, RESERVED ->
                require(
                        !slice.isBound() && slice.isWiped() && slice.loaded().isEmpty(),
                        Invariant.FREE_IS_CLEAN,
                        () -> said(node, slice, row));
            case SANITISING -> require(!slice.isBound(), Invariant.BOUND_IS_GRANTED, () -> said(node, slice, row));
            case CONFIGURING, ACTIVE, RECLAIMING, OVERDUE ->
                require(
                        !slice.isBound() || isGrantedTo(row, slice),
                        Invariant.BOUND_IS_GRANTED,
                        () -> said(node, slice, row));
            case FENCING, QUARANTINED -> {}
        }
        if ((row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE) && slice.isBound()) {
            require(
                    row.holding().flatMap(Holding::configuration).orElse("").equals(slice.loaded()),
                    Invariant.LOADED_AS_ASKED,
                    () -> said(node, slice, row));
        }
        if (node.isUp() && isOfThisBoot(node) && world.weather().couldActFor(node, SOON_MILLIS)) {
            require(
                    node.clock().bootMillis() <= deadline(row) + SOON_MILLIS || deadline(row) == Long.MAX_VALUE,
                    Invariant.TERMS_END,
                    () -> said(node, slice, row));
        }
    }

    private void checkMeddled(SimulatedNode owner, SliceHardware slice, SliceRow row) {
        SliceId id = new SliceId(owner.id(), slice.facts().key());
        boolean isBeingWiped = row.state() == SliceState.SANITISING && !slice.isBound();
        boolean isBeingChanged =
                isBeingChanged(row) || (isBeingWiped && !slice.loaded().isEmpty());
        if (!isBeingChanged && row.epoch().value() >= slice.boundEpoch() && isAsWritten(row, slice)) {
            meddledMicros.remove(id);
            if (row.state() == SliceState.SANITISING) {
                world.totals().reached(Probe.FOREIGN_HAND_MET);
            }
            return;
        }
        boolean couldLook = owner.isUp()
                && world.weather().couldActFor(owner, 1)
                && !owner.hardware().hangs()
                && !slice.isGone();
        if (isBeingChanged || !couldLook) {
            meddledMicros.put(id, world.agenda().nowMicros());
        }
        require(
                world.agenda().nowMicros() - meddledMicros.getOrDefault(id, 0L)
                        < (World.LEASES.routeLookMillis() + SOON_MILLIS) * Agenda.MICROS_PER_MILLI,
                Invariant.FOREIGN_HAND_IS_SEEN,
                () -> said(owner, slice, row));
    }

    private static boolean isBeingChanged(SliceRow row) {
        return switch (row.state()) {
            case CONFIGURING, FENCING, QUARANTINED -> true;
            case RECLAIMING ->
                row.holding().filter(h -> h.end() == End.RELEASED).isPresent();
            case FREE, RESERVED, ACTIVE, OVERDUE, SANITISING -> false;
        };
    }

    /** Whether the hardware is as the ledger says. */
    private static boolean isAsWritten(SliceRow row, SliceHardware slice) {
        return switch (row.state()) {
            case FREE, RESERVED ->
                !slice.isBound() && slice.isWiped() && slice.loaded().isEmpty();
            // What lands between the wipe and its answer is there when the slice is offered.
            case SANITISING -> !slice.isBound() && slice.loaded().isEmpty();
            case CONFIGURING -> !slice.isBound() || isGrantedTo(row, slice);
            case ACTIVE, OVERDUE -> slice.isBound() && isGrantedTo(row, slice);
            case RECLAIMING ->
                isGrantedTo(row, slice)
                        || (!slice.isBound()
                                && row.holding()
                                        .filter(h -> h.end() == End.RELEASED)
                                        .isPresent());
            case FENCING, QUARANTINED -> true;
        };
    }

    private static boolean isGrantedTo(SliceRow row, SliceHardware slice) {
        return row.epoch().value() == slice.boundEpoch()
                && row.holding().filter(h -> h.hostPort().equals(slice.host())).isPresent();
    }

    private static long deadline(SliceRow row) {
        boolean counts =
                switch (row.state()) {
                    case ACTIVE, RESERVED -> true;
                    case RECLAIMING ->
                        row.holding().filter(h -> h.end() == End.REVOKED).isPresent();
                    case FREE, CONFIGURING, FENCING, SANITISING, OVERDUE, QUARANTINED -> false;
                };
        return counts ? row.holding().map(Holding::deadlineMillis).orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
    }

    private static boolean isOfThisBoot(SimulatedNode node) {
        return node.clock().bootId().equals(node.journal().bootId());
    }

    private void checkLoan(SimulatedNode borrower, LoanRow loan, Map<SliceId, SimulatedNode> holders) {
        for (Leg leg : loan.legs()) {
            require(
                    leg.part() == Leg.Part.JOINING
                            || (leg.state() != Leg.State.PLANNED && leg.state() != Leg.State.RESERVED),
                    Invariant.GROUP_IS_WHOLE,
                    () -> borrower.name() + " has the loan " + loan.id().brief() + " active, and "
                            + leg.slice().id() + " is " + leg.state());
            if (leg.state() == Leg.State.GRANTED
                    && leg.slice().forcedEnd() == ForcedEndEffect.TOLERATED
                    && borrower.isUp()
                    && isOfThisBoot(borrower)
                    && world.weather().couldActFor(borrower, SOON_MILLIS)) {
                require(
                        borrower.clock().bootMillis() <= leg.deadlineMillis() + SOON_MILLIS,
                        Invariant.TERMS_END,
                        () -> borrower.name() + " keeps " + leg.slice().id() + " until "
                                + borrower.clock().bootMillis() + ", which was its own until " + leg.deadlineMillis());
            }
            if (leg.state() != Leg.State.GRANTED || forced.contains(leg.lease()) || !believes(borrower, leg)) {
                continue;
            }
            SliceId id = leg.slice().id();
            SimulatedNode other = holders.put(id, borrower);
            require(
                    other == null,
                    Invariant.ONE_HOLDER,
                    () -> id + " is held by " + borrower.name() + " and by " + (other == null ? "" : other.name()));
            SimulatedNode owner = world.node(id.owner());
            SliceHardware slice = owner.hardware().slice(id.key());
            require(
                    slice != null
                            && slice.host().equals(borrower.name())
                            && slice.boundEpoch() == leg.epoch().value(),
                    Invariant.BELIEVED_IS_BOUND,
                    () -> borrower.name() + " believes to hold " + owner.name() + "/" + id.key() + " with epoch "
                            + leg.epoch().value() + " until " + leg.deadlineMillis() + ", and "
                            + (slice == null
                                    ? "it is not there"
                                    : said(owner, slice, owner.journal().slice(id.key()))));
        }
    }

    /**
     * As long as the deadline that its host was given is ahead. After a reboot of the borrower's card the host has none, until
     * a renewal is answered.
     */
    private boolean believes(SimulatedNode borrower, Leg leg) {
        return isOfThisBoot(borrower)
                && !leg.granted().equals(answersBeforeReboot.get(leg.lease()))
                && borrower.clock().bootMillis() < leg.deadlineMillis();
    }

    /** What its host could not survive to lose is about to be taken from it. */
    void beforeUnbind(SimulatedNode owner, SliceHardware slice) {
        if (slice.facts().forcedEnd() != ForcedEndEffect.FATAL) {
            return;
        }
        for (SimulatedNode borrower : world.nodes()) {
            for (LoanRow loan : borrower.journal().loans()) {
                for (Leg leg : loan.legs()) {
                    boolean inUse = loan.state() == LoanState.ACTIVE
                            && leg.state() == Leg.State.GRANTED
                            && leg.slice()
                                    .id()
                                    .equals(new SliceId(
                                            owner.id(), slice.facts().key()))
                            && leg.epoch().value() == slice.boundEpoch()
                            && !declaredSafe.contains(leg.lease());
                    require(
                            !inUse,
                            Invariant.FATAL_IS_NOT_PULLED,
                            () -> owner.name() + " pulls " + slice.facts().key() + " from the host of "
                                    + borrower.name() + ", which uses it");
                }
            }
        }
    }

    private static String said(SimulatedNode node, SliceHardware slice, @Nullable SliceRow row) {
        return node.name() + "/" + slice.facts().key() + " is "
                + (slice.isBound() ? "bound to " + slice.host() : "unbound") + ", newest epoch " + slice.boundEpoch()
                + (slice.isWiped() ? ", wiped" : ", written by " + slice.written())
                + (slice.loaded().isEmpty() ? "" : ", loaded with " + slice.loaded()) + "; the ledger of "
                + node.name() + " says "
                + (row == null
                        ? "nothing"
                        : row.state().word() + ", epoch " + row.epoch().value()
                                + row.holding()
                                        .map(h ->
                                                ", " + h.hostPort() + ", until " + h.deadlineMillis() + ", " + h.end())
                                        .orElse(""))
                + "; its clock says " + node.clock().bootMillis();
    }

    /** Says what is wrong, only when it is. */
    private interface Seen {
        String text();
    }

    private static void require(boolean holds, Invariant invariant, Seen seen) {
        if (!holds) {
            throw new Violation(invariant, seen.text());
        }
    }
}
