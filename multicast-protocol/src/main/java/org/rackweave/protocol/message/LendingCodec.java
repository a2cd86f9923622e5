package org.rackweave.protocol.message;

/** The wire forms of what is lent: slices, leases, loans, requirements. Keys are appended, never reused. */
final class LendingCodec {
    private LendingCodec() {}

    // ---- slice: 1 owner, 2 key, 3 kind, 4 amount, 5 capabilities, 6 state, 7 epoch, 8 forced end, 9 fence, 10
    // holder?,
    // ---- 11 lease?, 12 reason

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
                .put(12, slice.reason());
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
                        reason));
    }

    // ---- lease: 1 id, 2 loan, 3 owner, 4 slice key, 5 borrower, 6 state, 7 epoch, 8 kind, 9 amount, 10 priority, 11
    // term,
    // ---- 12 remaining, 13 forced end, 14 fence, 15 attachment?, 16 wipe?, 17 reason

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
                .put(17, lease.reason());
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
                        reason));
    }

    // ---- attachment: 1 kind, 2 address, 3 length

    private static Item form(Attachment attachment) {
        return new Item.Table()
                .put(1, attachment.kind())
                .put(2, attachment.address())
                .put(3, attachment.lengthBytes());
    }

    private static Attachment attachment(Fields in) throws Malformed {
        var kind = in.text(1, "kind", Attachment.MAX_KIND_CHARS);
        var address = in.text(2, "address", Attachment.MAX_ADDRESS_CHARS);
        var lengthBytes = in.natural(3, "lengthBytes");
        return in.make(Fields.Unknown.IGNORED, () -> new Attachment(kind, address, lengthBytes));
    }

    // ---- wipe: 1 method, 2 wiped bytes, 3 verified bytes, 4 epoch

    private static Item form(WipeCertificate wipe) {
        return new Item.Table()
                .put(1, wipe.method())
                .put(2, wipe.wipedBytes())
                .put(3, wipe.verifiedBytes())
                .put(4, wipe.epoch().value());
    }

    private static WipeCertificate wipe(Fields in) throws Malformed {
        var method = in.text(1, "method", WipeCertificate.MAX_METHOD_CHARS);
        var wipedBytes = in.natural(2, "wipedBytes");
        var verifiedBytes = in.natural(3, "verifiedBytes");
        var epoch = in.epoch(4, "epoch");
        return in.make(Fields.Unknown.IGNORED, () -> new WipeCertificate(method, wipedBytes, verifiedBytes, epoch));
    }

    // ---- loan: 1 id, 2 requirement, 3 state, 4 leases, 5 explanation

    static Item form(LoanView loan) {
        return new Item.Table()
                .putId(1, loan.id().high(), loan.id().low())
                .put(2, form(loan.requirement()))
                .put(3, loan.state().code())
                .put(4, Item.array(loan.leases(), LendingCodec::form))
                .put(5, loan.explanation());
    }

    static LoanView loan(Fields in) throws Malformed {
        var id = in.loanId(1, "id");
        var requirement = in.one(2, "requirement", fields -> requirement(fields, Fields.Unknown.IGNORED));
        var state = in.code(3, "state", LoanState::ofCode);
        var leases = in.list(4, "leases", LoanView.MAX_LEASES, LendingCodec::lease);
        var explanation = in.text(5, "explanation", LoanView.MAX_EXPLANATION_CHARS);
        return in.make(Fields.Unknown.IGNORED, () -> new LoanView(id, requirement, state, leases, explanation));
    }

    // ---- requirement: 1 kind, 2 amount, 3 capability?, 4 term, 5 priority, 6 worst forced end, 7 from?, 8 most
    // lenders

    static Item form(Requirement requirement) {
        return new Item.Table()
                .put(1, requirement.kind().code())
                .put(2, requirement.amount())
                .putIfPresent(3, requirement.capability(), Item.Text::new)
                .put(4, requirement.termMillis())
                .put(5, requirement.priority())
                .put(6, requirement.worstForcedEnd().code())
                .putIfPresent(7, requirement.from(), id -> Item.id(id.high(), id.low()))
                .put(8, requirement.maxLenders());
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
        return in.make(
                unknown,
                () -> new Requirement(
                        kind, amount, capability, termMillis, priority, worstForcedEnd, from, maxLenders));
    }
}
