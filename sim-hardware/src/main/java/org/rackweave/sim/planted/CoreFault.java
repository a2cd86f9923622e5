package org.rackweave.sim.planted;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Mistakes of one line in the cores. Each is found within so many seeds of the simulated world. */
public enum CoreFault {
    GRANT_NOT_SAVED(
            "a grant is made and told, and not written",
            "lease/LeaseBook",
            "effects.add(new Effect.SaveSlice(row));",
            "if (row.state() != org.rackweave.protocol.message.SliceState.ACTIVE) { effects.add(new Effect.SaveSlice(row)); }",
            10),
    RESERVATION_NOT_SAVED(
            "a reservation is told, and not written",
            "lease/LeaseBook",
            "effects.add(new Effect.SaveSlice(row));",
            "if (row.state() != org.rackweave.protocol.message.SliceState.RESERVED) { effects.add(new Effect.SaveSlice(row)); }",
            10),
    TAKING_BACK_NOT_SAVED(
            "a slice is taken back before it is written that it will be",
            "lease/LeaseBook",
            "effects.add(new Effect.SaveSlice(row));",
            "if (row.state() != org.rackweave.protocol.message.SliceState.RECLAIMING) { effects.add(new Effect.SaveSlice(row)); }",
            10),
    RELEASE_NOT_SAVED(
            "a borrower gives back before it is written that it does",
            "lease/LoanBook",
            "effects.add(new Effect.SaveLoan(row));",
            "if (row.state() != org.rackweave.protocol.message.LoanState.RELEASING) { effects.add(new Effect.SaveLoan(row)); }",
            10),
    EPOCH_NOT_RAISED(
            "a reservation has the epoch of the loan before",
            "lease/LeaseRequests",
            "book.nextEpoch(row)",
            "row.epoch()",
            10),
    TERM_FROM_ANSWER(
            "a borrower counts its term from the answer, and not from its request",
            "lease/LoanAnswers",
            "policy.borrowerDeadline(exchange.sentMillis(), ",
            "policy.borrowerDeadline(book.now(), ",
            400),
    DRIFT_NOT_TAKEN_OFF(
            "a borrower takes no time off for two clocks that run apart",
            "lease/LoanPolicy",
            "* (100 - 2L * driftPercent)",
            "* 100",
            200),
    FENCED_BEFORE_THE_GRACE(
            "a revoked loan is fenced at once",
            "lease/SliceRow",
            "LeaseBook.held(this).end() == End.REVOKED ? LeaseBook.held(this).deadlineMillis() : Long.MAX_VALUE;",
            "LeaseBook.held(this).end() == End.REVOKED ? 0 : Long.MAX_VALUE;",
            20),
    OFFERED_BEFORE_THE_WIPE(
            "a slice is offered without being wiped",
            "lease/LeaseProgress",
            "book.order(sanitising, new HardwareOrder.Sanitise());",
            "book.free(sanitising, \"\", Optional.of(new WipeCertificate(\"none\", 0, 0, row.epoch())));",
            10),
    LAPSE_FORGOTTEN(
            "a reservation never lapses",
            "lease/SliceRow",
            "case RESERVED, ACTIVE -> LeaseBook.held(this).deadlineMillis();",
            "case RESERVED -> Long.MAX_VALUE; case ACTIVE -> LeaseBook.held(this).deadlineMillis();",
            20),
    EXPIRY_FORGOTTEN(
            "a loan never ends by itself",
            "lease/SliceRow",
            "case RESERVED, ACTIVE -> LeaseBook.held(this).deadlineMillis();",
            "case ACTIVE -> Long.MAX_VALUE; case RESERVED -> LeaseBook.held(this).deadlineMillis();",
            20),
    HOLD_OVER_DROPPED(
            "a loan is fenced at its end though that is fatal for its host",
            "lease/LeaseProgress",
            "if (row.facts().forcedEnd() == ForcedEndEffect.TOLERATED) {",
            "if (true) {",
            20),
    ROUTE_NOT_READ_BACK(
            "an unbind is believed, and its route is not read",
            "lease/LeaseProgress",
            "book.order(row, new HardwareOrder.ReadRoute());",
            "SliceRow unread = row.to(SliceState.SANITISING, \"\"); book.put(unread); book.order(unread, new HardwareOrder.Sanitise());",
            20),
    FENCE_NOT_LOOKED_FOR(
            "a route that reads as unbound is believed though the hardware does not hold the fence",
            "lease/LeaseProgress",
            "return row.facts().fence() != FenceKind.HARDWARE_EPOCH",
            "return row.facts().fence() != null",
            600),
    QUARANTINE_SKIPPED(
            "what could not be taken back is wiped all the same",
            "lease/LeaseProgress",
            "book.quarantine(row, \"it could not be taken back: \" + failure(result));",
            "SliceRow sore = row.to(SliceState.SANITISING, \"\"); book.put(sore); book.order(sore, new HardwareOrder.Sanitise());",
            20),
    FAILED_WIPE_IGNORED(
            "what could not be wiped is offered",
            "lease/LeaseProgress",
            "book.quarantine(row, \"it could not be wiped: \" + failure(result));",
            "book.free(row, \"\", Optional.of(new WipeCertificate(\"none\", 0, 0, row.epoch())));",
            20),
    SHORT_WIPE_TAKEN(
            "a wipe that did not reach all is taken for one that did",
            "lease/LeaseProgress",
            "if (shortfall.isPresent()) {",
            "if (shortfall.filter(String::isEmpty).isPresent()) {",
            20),
    PART_OF_A_GROUP_SHOWN(
            "a client is told how to reach a lease before its loan is whole",
            "lease/Leg",
            "state == State.GRANTED && loanState == LoanState.ACTIVE",
            "state == State.GRANTED",
            100),
    LATE_GROUP_BEGUN(
            "a loan begins though the first term of one of its leases ran out",
            "lease/LoanAnswers",
            ".filter(l -> book.now() >= l.deadlineMillis())",
            ".filter(l -> l.deadlineMillis() < 0)",
            200),
    GRACES_UNLIMITED(
            "each reboot gives a loan a fresh term, for ever",
            "lease/Reconciliation",
            "return holding.rebootGraces() < policy.rebootGraces()",
            "return holding.rebootGraces() < Integer.MAX_VALUE",
            200),
    REBOOT_OVERLOOKED(
            "an owner believes deadlines of an earlier boot",
            "lease/Reconciliation",
            "if (boot == LeaseEvent.Boot.SAME) {",
            "if (boot != null) {",
            300),
    TERM_OVERLOOKED(
            "a borrower keeps what is tolerated beyond its term",
            "lease/LoanCore",
            "&& leg.slice().forcedEnd() == ForcedEndEffect.TOLERATED;",
            "&& leg.slice().forcedEnd() == null;",
            60),
    FATAL_GIVEN_UP(
            "a borrower gives up at the end of its term what its host could not survive to lose",
            "lease/LoanCore",
            "&& leg.slice().forcedEnd() == ForcedEndEffect.TOLERATED;",
            "&& leg.slice().forcedEnd() != ForcedEndEffect.TOLERATED;",
            60),
    SILENCE_IS_LOSS(
            "an owner that does not answer a renewal is taken to have ended the loan",
            "lease/LoanAnswers",
            "book.due(leg, book.now() + Math.min(policy.retryMillis(), Math.max(1, term / 12)));",
            "book.lose(row, leg, refused.detail());",
            20),
    ANY_HOST_BELIEVED(
            "a route to another host than the borrower's is believed",
            "lease/Reconciliation",
            ".filter(h -> h.hostPort().equals(bound.hostPort()))",
            ".filter(h -> !h.hostPort().isEmpty())",
            200),
    OLD_LEDGER_BELIEVED(
            "an older ledger is believed over newer hardware",
            "lease/Reconciliation",
            "if (outdated) {",
            "if (outdated && stored.epoch().value() < 0) {",
            1_000),
    NEVER_LOOKED(
            "routes are never looked at",
            "lease/RouteRounds",
            "if (round.isOut() || book.now() < round.dueMillis()) {",
            "if (round.dueMillis() != 0) {",
            60),
    FOREIGN_HAND_SHRUGGED_OFF(
            "a lent slice that reads otherwise than its ledger is left as it is",
            "lease/Reconciliation",
            "boolean isGone = route instanceof RouteReading.Unbound;",
            "boolean isGone = route instanceof RouteReading.Unbound; if (row.holding().isPresent()) { yield Optional.empty(); }",
            60),
    RELEASE_FORGOTTEN_BY_RESTART(
            "a restarted borrower does not go on giving back",
            "lease/LoanCore",
            ".filter(leg -> leg.state() == Leg.State.RELEASING)",
            ".filter(leg -> leg.state() == null)",
            200),
    REVOKED_AND_RENEWED(
            "a revoked loan that is overdue is renewed",
            "lease/LeaseRequests",
            "if (!renewable || holding.end() != End.NOT_ENDING) {",
            "if (!renewable) {",
            200),
    FENCED_WITHOUT_UNBIND(
            "a fence wipes, and does not unbind",
            "lease/LeaseBook",
            "order(fencing, new HardwareOrder.Unbind());",
            "order(fencing, new HardwareOrder.Sanitise());",
            10),
    UNHEARD_RELEASE_BELIEVED(
            "a borrower takes a lease for given back though its owner did not answer",
            "lease/LoanAnswers",
            "if (heard || leg.epoch().equals(Epoch.NONE)) {",
            "if (answer != null) {",
            60),
    SENT_BEFORE_WRITTEN(
            "what a batch has to say is said before it is written",
            "conductor/Conductor",
            "if (ledger.commit(effects, wallMillis.getAsLong()) == Journal.Commit.WRITTEN) {",
            "effects.forEach(effect -> carryOut(effect, nowMillis)); if (ledger.commit(effects, wallMillis.getAsLong()) == Journal.Commit.WRITTEN) {",
            20),
    OWNER_DOES_NOT_GO_BACK(
            "an owner goes on as if a ledger that refused had not",
            "conductor/Conductor",
            "leases.back(leaseMark);",
            "",
            60),
    BORROWER_DOES_NOT_GO_BACK(
            "a borrower goes on as if a ledger that refused had not",
            "conductor/Conductor",
            "loans.back(loanMark);",
            "",
            60),
    EQUAL_PRIORITY_RECLAIMED(
            "a lease is taken back for a demand of the same priority",
            "lease/LineProgress",
            "&& holding.priority() < line.priority(want)",
            "&& holding.priority() <= line.priority(want)",
            60),
    MORE_RECLAIMED_THAN_NEEDED(
            "all that may be taken back for a demand is taken back",
            "lease/LineProgress",
            "Victims.choose(candidates, need);",
            "candidates;",
            200),
    EARMARK_FORGOTTEN(
            "what is kept for a demand is given to whoever asks first",
            "lease/LeaseRequests",
            ".or(() -> line.ahead(row, borrower, wish.loan(), priority));",
            ";",
            60),
    WANT_FORGOTTEN_BY_RESTART(
            "a restarted owner does not know who stood in its line",
            "lease/Line",
            "stored.stream().sorted(",
            "stored.stream().limit(0).sorted(",
            20),
    QUOTA_NOT_CHECKED(
            "a borrower is given more than its quota",
            "lease/LeaseRequests",
            "if (lent.heldBy(borrower, kind) > quota - amount) {",
            "if (lent.heldBy(borrower, kind) < 0) {",
            100),
    FLOOR_NOT_CHECKED(
            "an owner lends what it never lends",
            "lease/LeaseRequests",
            "if (lent.unheld(kind) - amount < floor) {",
            "if (floor < 0) {",
            20),
    JOINING_LEASE_SHOWN(
            "a client is told of a lease that is to make its loan larger, before all that joins is granted",
            "lease/LoanRow",
            "return isOver() || members().isEmpty() ? this : withLegs(members());",
            "return isOver() || members().isEmpty() ? this : withLegs(current());",
            60),
    RESIZE_LOSES_OLD_LEASES(
            "a loan that was made larger forgets the leases that it had",
            "lease/LoanResizing",
            "LoanRow whole = row.each(",
            "LoanRow whole = row.withLegs(row.joining()).each(",
            300);

    private static final String PACKAGES = "org/rackweave/daemon/";

    private final String sentence;
    private final String file;
    private final String sound;
    private final String faulty;
    private final int withinSeeds;

    CoreFault(String sentence, String file, String sound, String faulty, int withinSeeds) {
        this.sentence = sentence;
        this.file = PACKAGES + file + ".java";
        this.sound = sound;
        this.faulty = faulty;
        this.withinSeeds = withinSeeds;
    }

    public static Optional<CoreFault> named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.name().equals(name))
                .findFirst();
    }

    public String sentence() {
        return sentence;
    }

    /** The source file that it is in, below the root of the sources. */
    public String file() {
        return file;
    }

    /** So many seeds of four nodes and a minute find it at the latest. */
    public int withinSeeds() {
        return withinSeeds;
    }

    /**
     * A copy of the source with the mistake in it. How the sound text is broken into lines does not matter.
     *
     * @throws IllegalStateException if the sound text is not there exactly once: then this table is to be brought up to date
     */
    public String in(String source) {
        String words = Arrays.stream(sound.split(" ", -1)).map(Pattern::quote).collect(Collectors.joining("\\s+"));
        Matcher place = Pattern.compile(words).matcher(source);
        if (!place.find()) {
            throw new IllegalStateException(file + " does not have: " + sound);
        }
        int start = place.start();
        int end = place.end();
        if (place.find()) {
            throw new IllegalStateException(file + " has more than once: " + sound);
        }
        return source.substring(0, start) + faulty + source.substring(end);
    }
}
