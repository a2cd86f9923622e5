package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.daemon.Detail;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** What happens to a slice without being asked: its hardware answers, and time passes. */
final class LeaseProgress {
    private final LeaseBook book;
    private final LeasePolicy policy;
    private final Line line;

    LeaseProgress(LeaseBook book, LeasePolicy policy, Line line) {
        this.book = book;
        this.policy = policy;
        this.line = line;
    }

    /** Whether this is what came of the order that is under way for its slice, under the epoch that it was issued with. */
    boolean isAwaited(LeaseEvent.HardwareDone done) {
        LeaseBook.Pending pending = book.pending(done.sliceKey());
        return pending != null
                && pending.epoch().equals(done.epoch())
                && pending.order().equals(done.order());
    }

    void hardwareDone(LeaseEvent.HardwareDone done) {
        SliceRow row = book.row(done.sliceKey());
        if (row == null || !isAwaited(done)) {
            book.emit(new Effect.DroppedResult(done.sliceKey()));
            return;
        }
        book.settled(done.sliceKey());
        switch (row.state()) {
            case CONFIGURING -> configured(row, done.result());
            case RECLAIMING, FENCING -> taken(row, done.result());
            case SANITISING -> wiped(row, done.result());
            case FREE, RESERVED, ACTIVE, OVERDUE, QUARANTINED ->
                throw new IllegalStateException("an order was pending for " + row.key() + ", which is "
                        + row.state().word());
        }
    }

    private void configured(SliceRow row, HardwareResult result) {
        Holding holding = LeaseBook.held(row);
        boolean wanted = holding.end() == End.NOT_ENDING;
        if (wanted && result instanceof HardwareResult.Loaded loaded && isAskedFor(holding, loaded)) {
            book.audit(
                    LeaseBook.SELF,
                    "slice.loaded",
                    row.key(),
                    new Detail()
                            .with("epoch", row.epoch().value())
                            .with("configuration", loaded.configuration())
                            .with("digest", loaded.digest())
                            .toString());
            book.order(row, new HardwareOrder.Bind(holding.hostPort()));
        } else if (wanted
                && result instanceof HardwareResult.Attached attached
                && attached.loaded().equals(holding.configuration())) {
            grant(row, holding, attached);
        } else {
            String why = wanted ? misfit(holding, result) : unwanted(holding.end());
            book.answerWaiting(
                    holding.lease(), Answer.Refused.of(RefusalCode.UNAVAILABLE, "the hardware was not routed: " + why));
            book.fence(row.holding(wanted ? holding.ending(End.FAILED) : holding), why);
        }
    }

    private static String unwanted(End end) {
        return (end == End.REVOKED ? "revoked" : "given back") + " while it was being routed";
    }

    private static boolean isAskedFor(Holding holding, HardwareResult.Loaded loaded) {
        return holding.configuration().equals(Optional.of(loaded.configuration()));
    }

    private void grant(SliceRow row, Holding holding, HardwareResult.Attached attached) {
        long first = Math.min(policy.firstTermMillis(), holding.termMillis());
        SliceRow active = row.holding(holding.attached(
                        attached.attachment(), policy.ownerDeadline(book.now(), first), attached.told()))
                .to(SliceState.ACTIVE, "");
        book.put(active);
        book.audit(LeaseBook.SELF, "lease.grant", holding.lease().toString(), LeaseBook.leaseDetail(active, holding));
        book.answerWaiting(holding.lease(), new Answer.Lease(book.view(active)));
    }

    /** A wipe that a dead process ordered may clear what was loaded since: what counts is what is read back after the bind. */
    private static String misfit(Holding holding, HardwareResult result) {
        Optional<String> loaded = result instanceof HardwareResult.Attached attached
                ? attached.loaded()
                : result instanceof HardwareResult.Loaded other ? Optional.of(other.configuration()) : Optional.empty();
        return result instanceof HardwareResult.Attached || result instanceof HardwareResult.Loaded
                ? "it was loaded with " + loaded.orElse("nothing") + ", and "
                        + holding.configuration().orElse("nothing") + " was asked for"
                : failure(result);
    }

    private void taken(SliceRow row, HardwareResult result) {
        if (result instanceof HardwareResult.Detached || result instanceof HardwareResult.Unknown) {
            // The worker is back, so the path is drained; what counts is what the hardware shows now.
            book.order(row, new HardwareOrder.ReadRoute());
        } else if (result instanceof HardwareResult.Read read
                && read.route() instanceof RouteReading.Unbound unbound
                && !holdsFence(row, unbound)) {
            book.quarantine(
                    row,
                    "its fence is not in the hardware, which holds epoch "
                            + unbound.epoch().value() + ": an order from before may still land");
        } else if (result instanceof HardwareResult.Read read && read.route() instanceof RouteReading.Unbound) {
            SliceRow sanitising = row.to(SliceState.SANITISING, row.reason());
            book.put(sanitising);
            book.audit(LeaseBook.SELF, "slice.fenced", row.key(), LeaseBook.stateDetail(sanitising));
            book.order(sanitising, new HardwareOrder.Sanitise());
        } else {
            book.quarantine(row, "it could not be taken back: " + failure(result));
        }
    }

    /**
     * Unbound may only mean that a bind which a dead process ordered has not landed yet. Hardware that holds the epoch of the
     * unbind refuses it then; where it cannot hold one, the path has been drained.
     */
    private static boolean holdsFence(SliceRow row, RouteReading.Unbound unbound) {
        return row.facts().fence() != FenceKind.HARDWARE_EPOCH
                || !unbound.epoch().isOlderThan(row.epoch());
    }

    private void wiped(SliceRow row, HardwareResult result) {
        Optional<String> shortfall =
                result instanceof HardwareResult.Wiped wipe ? WipeRule.shortfall(row.facts(), wipe) : Optional.empty();
        Optional<String> change = result instanceof HardwareResult.Wiped wipe
                ? row.holding().flatMap(holding -> holding.told().changeTo(wipe.told()))
                : Optional.empty();
        if (shortfall.isPresent()) {
            book.quarantine(row, "its wipe is not whole: " + shortfall.get());
        } else if (change.isPresent()) {
            book.quarantine(row, "its device is not what was granted: " + change.get());
        } else if (result instanceof HardwareResult.Wiped wipe) {
            WipeCertificate certificate = new WipeCertificate(
                    wipe.method(), wipe.wipedBytes(), wipe.verifiedBytes(), row.epoch(), wipe.proof());
            book.audit(
                    LeaseBook.SELF,
                    "slice.wiped",
                    row.key(),
                    new Detail()
                            .with("epoch", row.epoch().value())
                            .with("by", wipe.by())
                            .with("method", wipe.method())
                            .with("wipedBytes", wipe.wipedBytes())
                            .with("verifiedBytes", wipe.verifiedBytes())
                            .with("durationMillis", wipe.durationMillis())
                            .with("lockState", wipe.told().lockState().orElse("not told"))
                            .with("firmware", wipe.told().firmware().orElse("not told"))
                            .toString());
            book.free(row, "", Optional.of(certificate));
        } else {
            book.quarantine(row, "it could not be wiped: " + failure(result));
        }
    }

    private static String failure(HardwareResult result) {
        if (result instanceof HardwareResult.Refused refused) {
            return refused.why();
        }
        if (result instanceof HardwareResult.Unknown unknown) {
            return "outcome unknown: " + unknown.why();
        }
        if (result instanceof HardwareResult.Read read) {
            return read.route() instanceof RouteReading.Bound bound
                    ? "it still reads as bound to " + bound.hostPort()
                    : read.route() instanceof RouteReading.Unreadable unreadable
                            ? unreadable.why()
                            : "it reads as unbound";
        }
        return "an answer that does not fit the order";
    }

    /**
     * What nobody uses is kept from everybody. What somebody uses stays with them, as long as it still works for them: to take it away
     * is the operator's to order, and it is not offered again afterwards.
     */
    void deviceFails(LeaseEvent.DeviceFailing failing) {
        SliceRow row = book.row(failing.sliceKey());
        // A device that goes on failing is said again each minute: its rows would push others out of the audit trail.
        if (row == null || book.isFailing(row.key())) {
            return;
        }
        String why = "its device fails: " + failing.why();
        book.fails(row.key(), why);
        book.audit(
                LeaseBook.SELF,
                "slice.failing",
                row.key(),
                new Detail()
                        .with("state", row.state().word())
                        .with("reason", why)
                        .toString());
        book.emit(new Effect.Tell("slice.failing", row.key(), why));
        switch (row.state()) {
            case FREE, RESERVED -> book.quarantine(row, why);
            case ACTIVE, OVERDUE, RECLAIMING -> book.put(row.to(row.state(), why));
            case CONFIGURING, FENCING, SANITISING, QUARANTINED -> {
                // An order is under way whose end decides; or nobody is offered it already.
            }
        }
    }

    void passTime() {
        for (String key : book.dueKeys(book.now() - policy.hardwareLimitMillis())) {
            SliceRow row = book.row(key);
            LeaseBook.Pending pending = book.pending(key);
            if (pending != null && book.now() >= book.silentSinceMillis(pending) + policy.hardwareLimitMillis()) {
                hardwareHangs(Objects.requireNonNull(row), pending);
            } else if (row != null && book.now() >= row.endMillis()) {
                expire(row);
            }
        }
    }

    private void hardwareHangs(SliceRow row, LeaseBook.Pending pending) {
        book.settled(row.key());
        row.holding()
                .ifPresent(holding -> book.answerWaiting(
                        holding.lease(),
                        new Answer.Refused(
                                RefusalCode.UNAVAILABLE, "the hardware did not answer; the slice is quarantined", 0)));
        book.quarantine(
                row, pending.order().word() + " has not returned after " + policy.hardwareLimitMillis() + " ms");
    }

    private void expire(SliceRow row) {
        Holding holding = LeaseBook.held(row);
        String lease = holding.lease().toString();
        if (row.state() == SliceState.RESERVED) {
            book.audit(LeaseBook.SELF, "lease.lapse", lease, LeaseBook.leaseDetail(row, holding));
            book.free(row, "a reservation lapsed", row.wipe());
            line.reservationLapsed(holding);
            return;
        }
        boolean revoked = row.state() == SliceState.RECLAIMING;
        Holding ending = revoked ? holding : holding.ending(End.EXPIRED);
        String why = revoked ? row.reason() + "; the grace is over" : "its term ran out";
        if (row.facts().forcedEnd() == ForcedEndEffect.TOLERATED) {
            book.audit(LeaseBook.SELF, "lease.forced", lease, LeaseBook.leaseDetail(row, ending));
            book.fence(row.holding(ending), why);
        } else {
            // A renewal heals a term that ran out, but not a revocation.
            Holding overdue = revoked ? holding : holding.ending(End.NOT_ENDING);
            SliceRow late =
                    row.holding(overdue).to(SliceState.OVERDUE, why + "; a forced end would be fatal for its host");
            book.put(late);
            book.audit(LeaseBook.SELF, "lease.overdue", lease, LeaseBook.leaseDetail(late, overdue));
        }
    }

    long earliest() {
        long silent = book.firstSilenceMillis();
        long hangs = silent == Long.MAX_VALUE ? silent : silent + policy.hardwareLimitMillis();
        return Math.min(book.firstEndMillis(), hangs);
    }
}
