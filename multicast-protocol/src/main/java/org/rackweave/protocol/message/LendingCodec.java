package org.rackweave.protocol.message;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The wire forms of what is lent: slices, leases, loans, requirements. Keys are appended, never reused. */
final class LendingCodec {
    private LendingCodec() {}

    // ---- slice: 1 owner, 2 key, 3 kind, 4 amount, 5 capabilities, 6 state, 7 epoch, 8 forced end, 9 fence, 10
    // holder?, 11 lease?,
    // ---- 12 reason, 13 fabric?, 14 device?, 15 latency?, 16 configurations?, 17 held at priority?

    static Item form(SliceView slice) {
        return new Item.Table()
                .putId(1, slice.id().owner().high(), slice.id().owner().low())
                .put(2, slice.id().key())
                .put(3, slice.kind().code())
                .put(4, slice.amount())
                .put(5, Item.texts(slice.capabilities()))
                .put(6, slice.state().code())
                .put(7, slice.epoch().value())
                .put(8, slice.forcedEnd().code())
                .put(9, slice.fence().code())
                .putIfPresent(10, slice.holder(), id -> Item.id(id.high(), id.low()))
                .putIfPresent(11, slice.lease(), id -> Item.id(id.high(), id.low()))
                .put(12, slice.reason())
                .putIfPresent(13, unlessEmpty(slice.place().fabric()), Item.Text::new)
                .putIfPresent(14, unlessEmpty(slice.place().device()), Item.Text::new)
                .putIfPresent(
                        15,
                        unless(slice.place().latency(), SlicePlace.UNKNOWN.latency()),
                        latency -> new Item.Whole(latency.code()))
                .putIfPresent(16, unless(slice.configurations(), Set.of()), Item::texts)
                .putIfPresent(
                        17,
                        unless(slice.heldAtPriority(), OptionalInt.empty()),
                        priority -> new Item.Whole(priority.getAsInt()));
    }

    static SliceView slice(Fields in) throws Malformed {
        var owner = in.nodeId(1, "owner");
        var key = in.text(2, "key", SliceId.MAX_KEY_CHARS);
        var kind = in.code(3, "kind", ResourceKind::ofCode);
        var amount = in.natural(4, "amount");
        var capabilities = in.texts(5, "capabilities", SliceView.MAX_CAPABILITIES, Requirement.MAX_CAPABILITY_CHARS);
        var state = in.code(6, "state", SliceState::ofCode);
        var epoch = in.epoch(7, "epoch");
        var forcedEnd = in.code(8, "forcedEnd", ForcedEndEffect::ofCode);
        var fence = in.code(9, "fence", FenceKind::ofCode);
        var holder = in.maybeId(10, "holder", Fields::nodeId);
        var lease = in.maybeId(11, "lease", Fields::leaseId);
        var reason = in.text(12, "reason", SliceView.MAX_REASON_CHARS);
        var fabric = in.maybeText(13, "fabric", SlicePlace.MAX_FABRIC_CHARS);
        var device = in.maybeText(14, "device", SlicePlace.MAX_DEVICE_CHARS);
        // A class of a later version is one that is not known to be near.
        var latency = in.has(15) ? LatencyClass.ofCode(in.natural(15, "latency")) : Optional.<LatencyClass>empty();
        var configurations = in.has(16)
                ? in.texts(16, "configurations", SliceView.MAX_CONFIGURATIONS, Requirement.MAX_CONFIGURATION_CHARS)
                : Set.<String>of();
        var heldAtPriority = in.has(17) ? OptionalInt.of(in.small(17, "heldAtPriority")) : OptionalInt.empty();
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new SliceView(
                        new SliceId(owner, key),
                        kind,
                        amount,
                        capabilities,
                        state,
                        epoch,
                        forcedEnd,
                        fence,
                        holder,
                        lease,
                        reason,
                        new SlicePlace(
                                fabric.orElse(""), device.orElse(""), latency.orElse(SlicePlace.UNKNOWN.latency())),
                        configurations,
                        heldAtPriority));
    }

    // ---- lease: 1 id, 2 loan, 3 owner, 4 slice key, 5 borrower, 6 state, 7 epoch, 8 kind, 9 amount, 10 priority, 11
    // term,
    // ---- 12 remaining, 13 forced end, 14 fence, 15 attachment?, 16 wipe?, 17 reason, 18 configuration?

    static Item form(LeaseView lease) {
        return new Item.Table()
                .putId(1, lease.id().high(), lease.id().low())
                .putId(2, lease.loan().high(), lease.loan().low())
                .putId(3, lease.slice().owner().high(), lease.slice().owner().low())
                .put(4, lease.slice().key())
                .putId(5, lease.borrower().high(), lease.borrower().low())
                .put(6, lease.state().code())
                .put(7, lease.epoch().value())
                .put(8, lease.kind().code())
                .put(9, lease.amount())
                .put(10, lease.priority())
                .put(11, lease.termMillis())
                .put(12, lease.remainingMillis())
                .put(13, lease.forcedEnd().code())
                .put(14, lease.fence().code())
                .putIfPresent(15, lease.attachment(), LendingCodec::form)
                .putIfPresent(16, lease.wipe(), LendingCodec::form)
                .put(17, lease.reason())
                .putIfPresent(18, lease.configuration(), Item.Text::new);
    }

    static LeaseView lease(Fields in) throws Malformed {
        var id = in.leaseId(1, "id");
        var loan = in.loanId(2, "loan");
        var owner = in.nodeId(3, "owner");
        var key = in.text(4, "sliceKey", SliceId.MAX_KEY_CHARS);
        var borrower = in.nodeId(5, "borrower");
        var state = in.code(6, "state", SliceState::ofCode);
        var epoch = in.epoch(7, "epoch");
        var kind = in.code(8, "kind", ResourceKind::ofCode);
        var amount = in.natural(9, "amount");
        var priority = in.small(10, "priority");
        var termMillis = in.natural(11, "termMillis");
        var remainingMillis = in.whole(12, "remainingMillis");
        var forcedEnd = in.code(13, "forcedEnd", ForcedEndEffect::ofCode);
        var fence = in.code(14, "fence", FenceKind::ofCode);
        var attachment = in.maybe(15, "attachment", LendingCodec::attachment);
        var wipe = in.maybe(16, "wipe", LendingCodec::wipe);
        var reason = in.text(17, "reason", LeaseView.MAX_REASON_CHARS);
        var configuration = in.maybeText(18, "configuration", Requirement.MAX_CONFIGURATION_CHARS);
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new LeaseView(
                        id,
                        loan,
                        new SliceId(owner, key),
                        borrower,
                        state,
                        epoch,
                        kind,
                        amount,
                        priority,
                        termMillis,
                        remainingMillis,
                        forcedEnd,
                        fence,
                        attachment,
                        wipe,
                        reason,
                        configuration));
    }

    // ---- attachment: 1 kind, 2 address, 3 length

    static Item form(Attachment attachment) {
        return new Item.Table()
                .put(1, attachment.kind())
                .put(2, attachment.address())
                .put(3, attachment.lengthBytes());
    }

    static Attachment attachment(Fields in) throws Malformed {
        var kind = in.text(1, "kind", Attachment.MAX_KIND_CHARS);
        var address = in.text(2, "address", Attachment.MAX_ADDRESS_CHARS);
        var lengthBytes = in.natural(3, "lengthBytes");
        return in.make(Fields.Unknown.IGNORED, () -> new Attachment(kind, address, lengthBytes));
    }

    // ---- wipe: 1 method, 2 wiped bytes, 3 verified bytes, 4 epoch, 5 proof?

    private static Item form(WipeCertificate wipe) {
        return new Item.Table()
                .put(1, wipe.method())
                .put(2, wipe.wipedBytes())
                .put(3, wipe.verifiedBytes())
                .put(4, wipe.epoch().value())
                .putIfPresent(5, wipe.proof(), proof -> new Item.Bytes(proof.bytes()));
    }

    private static WipeCertificate wipe(Fields in) throws Malformed {
        var method = in.text(1, "method", WipeCertificate.MAX_METHOD_CHARS);
        var wipedBytes = in.natural(2, "wipedBytes");
        var verifiedBytes = in.natural(3, "verifiedBytes");
        var epoch = in.epoch(4, "epoch");
        var proof = in.has(5) ? Optional.of(in.carried(5, "proof")) : Optional.<Carried>empty();
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new WipeCertificate(method, wipedBytes, verifiedBytes, epoch, proof.map(WipeProof::new)));
    }

    // ---- loan: 1 id, 2 requirement, 3 state, 4 leases, 5 explanation, 6 place?

    static Item form(LoanView loan) {
        return new Item.Table()
                .putId(1, loan.id().high(), loan.id().low())
                .put(2, form(loan.requirement()))
                .put(3, loan.state().code())
                .put(4, Item.array(loan.leases(), LendingCodec::form))
                .put(5, loan.explanation())
                .putIfPresent(6, loan.place(), LendingCodec::form);
    }

    static LoanView loan(Fields in) throws Malformed {
        var id = in.loanId(1, "id");
        var requirement = in.one(2, "requirement", fields -> requirement(fields, Fields.Unknown.IGNORED));
        var state = in.code(3, "state", LoanState::ofCode);
        var leases = in.list(4, "leases", LoanView.MAX_LEASES, LendingCodec::lease);
        var explanation = in.text(5, "explanation", LoanView.MAX_EXPLANATION_CHARS);
        var place = in.maybe(6, "place", LendingCodec::place);
        return in.make(Fields.Unknown.IGNORED, () -> new LoanView(id, requirement, state, leases, explanation, place));
    }

    // ---- place: 1 place, 2 of, 3 coming

    static Item form(LinePlace place) {
        return new Item.Table().put(1, place.place()).put(2, place.of()).put(3, place.coming());
    }

    static LinePlace place(Fields in) throws Malformed {
        var place = in.small(1, "place");
        var of = in.small(2, "of");
        var coming = in.natural(3, "coming");
        return in.make(Fields.Unknown.IGNORED, () -> new LinePlace(place, of, coming));
    }

    // ---- want: 1 loan, 2 borrower, 3 requirement, 4 amount, 5 place, 6 waiting

    static Item form(WantView want) {
        return new Item.Table()
                .putId(1, want.loan().high(), want.loan().low())
                .putId(2, want.borrower().high(), want.borrower().low())
                .put(3, form(want.requirement()))
                .put(4, want.amount())
                .put(5, form(want.place()))
                .put(6, want.waitingMillis());
    }

    static WantView want(Fields in) throws Malformed {
        var loan = in.loanId(1, "loan");
        var borrower = in.nodeId(2, "borrower");
        var requirement = in.one(3, "requirement", fields -> requirement(fields, Fields.Unknown.IGNORED));
        var amount = in.natural(4, "amount");
        var place = in.one(5, "place", LendingCodec::place);
        var waitingMillis = in.natural(6, "waitingMillis");
        return in.make(
                Fields.Unknown.IGNORED, () -> new WantView(loan, borrower, requirement, amount, place, waitingMillis));
    }

    // ---- allowance: 1 kind, 2 amount

    static Item form(Allowance allowance) {
        return new Item.Table().put(1, allowance.kind().code()).put(2, allowance.amount());
    }

    static Allowance allowance(Fields in) throws Malformed {
        var kind = in.code(1, "kind", ResourceKind::ofCode);
        var amount = in.natural(2, "amount");
        return in.make(Fields.Unknown.IGNORED, () -> new Allowance(kind, amount));
    }

    // ---- demand: 1 kind, 2 total, 3 free, 4 held, 5 wanted, 6 waiting

    static Item form(DemandView demand) {
        return new Item.Table()
                .put(1, demand.kind().code())
                .put(2, demand.total())
                .put(3, demand.free())
                .put(4, demand.held())
                .put(5, demand.wanted())
                .put(6, demand.waiting());
    }

    static DemandView demand(Fields in) throws Malformed {
        var kind = in.code(1, "kind", ResourceKind::ofCode);
        var total = in.natural(2, "total");
        var free = in.natural(3, "free");
        var held = in.natural(4, "held");
        var wanted = in.natural(5, "wanted");
        var waiting = in.small(6, "waiting");
        return in.make(Fields.Unknown.IGNORED, () -> new DemandView(kind, total, free, held, wanted, waiting));
    }

    // ---- requirement: 1 kind, 2 amount, 3 capability?, 4 term, 5 priority, 6 worst forced end, 7 from?, 8 most
    // lenders, 9 configuration?, 10 worst latency?, 11 locality?, 12 least amount? What asks for nothing special is
    // left out.

    static Item form(Requirement requirement) {
        return new Item.Table()
                .put(1, requirement.kind().code())
                .put(2, requirement.amount())
                .putIfPresent(3, requirement.capability(), Item.Text::new)
                .put(4, requirement.termMillis())
                .put(5, requirement.priority())
                .put(6, requirement.worstForcedEnd().code())
                .putIfPresent(7, requirement.from(), id -> Item.id(id.high(), id.low()))
                .put(8, requirement.maxLenders())
                .putIfPresent(9, requirement.configuration(), Item.Text::new)
                .putIfPresent(10, requirement.worstLatency(), latency -> new Item.Whole(latency.code()))
                .putIfPresent(
                        11, unless(requirement.locality(), Locality.ANY), locality -> new Item.Whole(locality.code()))
                .putIfPresent(12, unless(requirement.leastAmount(), requirement.amount()), Item.Whole::new);
    }

    static Requirement requirement(Fields in, Fields.Unknown unknown) throws Malformed {
        var kind = in.code(1, "kind", ResourceKind::ofCode);
        var amount = in.natural(2, "amount");
        var capability = in.maybeText(3, "capability", Requirement.MAX_CAPABILITY_CHARS);
        var termMillis = in.natural(4, "termMillis");
        var priority = in.small(5, "priority");
        var worstForcedEnd = in.code(6, "worstForcedEnd", ForcedEndEffect::ofCode);
        var from = in.maybeId(7, "from", Fields::nodeId);
        var maxLenders = in.small(8, "maxLenders");
        var configuration = in.maybeText(9, "configuration", Requirement.MAX_CONFIGURATION_CHARS);
        var worstLatency = in.has(10)
                ? Optional.of(in.code(10, "worstLatency", LatencyClass::ofCode))
                : Optional.<LatencyClass>empty();
        var locality = in.has(11) ? in.code(11, "locality", Locality::ofCode) : Locality.ANY;
        var leastAmount = in.has(12) ? in.natural(12, "leastAmount") : amount;
        return in.make(
                unknown,
                () -> new Requirement(
                        kind,
                        amount,
                        capability,
                        termMillis,
                        priority,
                        worstForcedEnd,
                        from,
                        maxLenders,
                        configuration,
                        worstLatency,
                        locality,
                        leastAmount));
    }

    /** What is as it mostly is takes no bytes, and an older reader, who has no key for it, is not troubled. */
    private static <T> Optional<T> unless(T value, T usual) {
        return value.equals(usual) ? Optional.empty() : Optional.of(value);
    }

    private static Optional<String> unlessEmpty(String text) {
        return unless(text, "");
    }
}
