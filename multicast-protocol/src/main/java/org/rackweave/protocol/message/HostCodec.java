package org.rackweave.protocol.message;

import java.util.Optional;

/** The wire forms of what host agent and card say to each other. Keys are appended, never reused. */
final class HostCodec {
    /** There are six kinds; a later version may know more. */
    private static final int MAX_KINDS = 16;

    private static final int MAX_NAME_CHARS = 32;

    private HostCodec() {}

    // ---- report: 1 capacities, 2 vms, 3 loans

    static Item.Table form(HostReport report) {
        return new Item.Table()
                .put(1, Item.array(report.capacities(), HostCodec::form))
                .put(2, Item.array(report.vms(), HostCodec::form))
                .put(3, Item.array(report.loans(), HostCodec::form));
    }

    static HostReport report(Fields in, Fields.Unknown unknown) throws Malformed {
        var capacities = in.list(1, "capacities", MAX_KINDS, fields -> capacity(fields, unknown));
        var vms = in.list(2, "vms", HostReport.MAX_VMS, fields -> vm(fields, unknown));
        var loans = in.list(3, "loans", HostReport.MAX_LOANS, fields -> use(fields, unknown));
        return in.make(unknown, () -> new HostReport(capacities, vms, loans));
    }

    // ---- capacity: 1 kind, 2 amount

    private static Item form(HostReport.Capacity capacity) {
        return new Item.Table().put(1, capacity.kind().code()).put(2, capacity.amount());
    }

    private static HostReport.Capacity capacity(Fields in, Fields.Unknown unknown) throws Malformed {
        var kind = in.code(1, "kind", ResourceKind::ofCode);
        var amount = in.natural(2, "amount");
        return in.make(unknown, () -> new HostReport.Capacity(kind, amount));
    }

    // ---- vm: 1 name, 2 priority, 3 shares

    private static Item form(HostReport.Vm vm) {
        return new Item.Table()
                .put(1, vm.name())
                .put(2, vm.priority())
                .put(3, Item.array(vm.shares(), HostCodec::form));
    }

    private static HostReport.Vm vm(Fields in, Fields.Unknown unknown) throws Malformed {
        var name = in.text(1, "name", MAX_NAME_CHARS);
        var priority = in.small(2, "priority");
        var shares = in.list(3, "shares", MAX_KINDS, fields -> share(fields, unknown));
        return in.make(unknown, () -> new HostReport.Vm(name, priority, shares));
    }

    // ---- share: 1 kind, 2 guaranteed, 3 normal, 4 held, 5 used percent

    private static Item form(HostReport.Share share) {
        return new Item.Table()
                .put(1, share.kind().code())
                .put(2, share.guaranteed())
                .put(3, share.normal())
                .put(4, share.held())
                .put(5, share.usedPercent());
    }

    private static HostReport.Share share(Fields in, Fields.Unknown unknown) throws Malformed {
        var kind = in.code(1, "kind", ResourceKind::ofCode);
        var guaranteed = in.natural(2, "guaranteed");
        var normal = in.natural(3, "normal");
        var held = in.natural(4, "held");
        var usedPercent = in.small(5, "usedPercent");
        return in.make(unknown, () -> new HostReport.Share(kind, guaranteed, normal, held, usedPercent));
    }

    // ---- use of a loan: 1 loan, 2 used percent

    private static Item form(HostReport.LoanUse use) {
        return new Item.Table().putId(1, use.loan().high(), use.loan().low()).put(2, use.usedPercent());
    }

    private static HostReport.LoanUse use(Fields in, Fields.Unknown unknown) throws Malformed {
        var loan = in.loanId(1, "loan");
        var usedPercent = in.small(2, "usedPercent");
        return in.make(unknown, () -> new HostReport.LoanUse(loan, usedPercent));
    }

    // ---- order: 1 number, 2 kind, then by kind:
    // ---- set share: 3 vm, 4 resource, 5 amount; bring on line: 6 loan, 7 lease, 3 vm?, 8 attachment; let go: 6, 7, 9
    // within, 10 why (recalled when it is not there)

    static Item form(HostOrder order) {
        Item.Table table =
                new Item.Table().put(1, order.number()).put(2, order.kind().code());
        return switch (order.kind()) {
            case SET_SHARE -> form(table, (HostOrder.SetShare) order);
            case BRING_ON_LINE -> form(table, (HostOrder.BringOnLine) order);
            case LET_GO -> form(table, (HostOrder.LetGo) order);
        };
    }

    private static Item form(Item.Table table, HostOrder.SetShare order) {
        return table.put(3, order.vm()).put(4, order.resource().code()).put(5, order.amount());
    }

    private static Item form(Item.Table table, HostOrder.BringOnLine order) {
        return table.putIfPresent(3, order.vm(), Item.Text::new)
                .putId(6, order.loan().high(), order.loan().low())
                .putId(7, order.lease().high(), order.lease().low())
                .put(8, LendingCodec.form(order.attachment()));
    }

    private static Item form(Item.Table table, HostOrder.LetGo order) {
        return table.putId(6, order.loan().high(), order.loan().low())
                .putId(7, order.lease().high(), order.lease().low())
                .put(9, order.withinMillis())
                .putIfPresent(
                        10,
                        Optional.of(order.why()).filter(why -> why != HostOrder.LetGo.Why.RECALLED),
                        why -> new Item.Whole(why.code()));
    }

    static HostOrder order(Fields in) throws Malformed {
        var number = in.natural(1, "number");
        return switch (in.code(2, "kind", HostOrder.Kind::ofCode)) {
            case SET_SHARE -> setShare(in, number);
            case BRING_ON_LINE -> bringOnLine(in, number);
            case LET_GO -> letGo(in, number);
        };
    }

    private static HostOrder setShare(Fields in, long number) throws Malformed {
        var vm = in.text(3, "vm", MAX_NAME_CHARS);
        var resource = in.code(4, "resource", ResourceKind::ofCode);
        var amount = in.natural(5, "amount");
        return in.make(Fields.Unknown.IGNORED, () -> new HostOrder.SetShare(number, vm, resource, amount));
    }

    private static HostOrder bringOnLine(Fields in, long number) throws Malformed {
        var loan = in.loanId(6, "loan");
        var lease = in.leaseId(7, "lease");
        var vm = in.maybeText(3, "vm", MAX_NAME_CHARS);
        var attachment = in.one(8, "attachment", LendingCodec::attachment);
        return in.make(Fields.Unknown.IGNORED, () -> new HostOrder.BringOnLine(number, loan, lease, vm, attachment));
    }

    private static HostOrder letGo(Fields in, long number) throws Malformed {
        var loan = in.loanId(6, "loan");
        var lease = in.leaseId(7, "lease");
        var withinMillis = in.natural(9, "withinMillis");
        var why = in.has(10) ? in.code(10, "why", HostOrder.LetGo.Why::ofCode) : HostOrder.LetGo.Why.RECALLED;
        return in.make(Fields.Unknown.IGNORED, () -> new HostOrder.LetGo(number, loan, lease, withinMillis, why));
    }

    // ---- unused loan: 1 loan, 2 kind, 3 held, 4 used percent, 5 spare

    static Item form(UnusedView unused) {
        return new Item.Table()
                .putId(1, unused.loan().high(), unused.loan().low())
                .put(2, unused.kind().code())
                .put(3, unused.held())
                .put(4, unused.usedPercent())
                .put(5, unused.spare());
    }

    static UnusedView unused(Fields in) throws Malformed {
        var loan = in.loanId(1, "loan");
        var kind = in.code(2, "kind", ResourceKind::ofCode);
        var held = in.natural(3, "held");
        var usedPercent = in.small(4, "usedPercent");
        var spare = in.natural(5, "spare");
        return in.make(Fields.Unknown.IGNORED, () -> new UnusedView(loan, kind, held, usedPercent, spare));
    }

    // ---- ask: 1 id, 2 vm, 3 kind, 4 amount, 5 priority, 6 term, 7 state, 8 from host, 9 borrowed, 10 explanation

    static Item form(AskView ask) {
        return new Item.Table()
                .putId(1, ask.id().high(), ask.id().low())
                .put(2, ask.vm())
                .put(3, ask.kind().code())
                .put(4, ask.amount())
                .put(5, ask.priority())
                .put(6, ask.termMillis())
                .put(7, ask.state().code())
                .put(8, ask.fromHost())
                .put(9, ask.borrowed())
                .put(10, ask.explanation());
    }

    static AskView ask(Fields in) throws Malformed {
        var loan = in.loanId(1, "id");
        var vm = in.text(2, "vm", MAX_NAME_CHARS);
        var kind = in.code(3, "kind", ResourceKind::ofCode);
        var amount = in.natural(4, "amount");
        var priority = in.small(5, "priority");
        var termMillis = in.natural(6, "termMillis");
        var state = in.code(7, "state", AskState::ofCode);
        var fromHost = in.natural(8, "fromHost");
        var borrowed = in.natural(9, "borrowed");
        var explanation = in.text(10, "explanation", AskView.MAX_EXPLANATION_CHARS);
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new AskView(
                        new AskId(loan.high(), loan.low()),
                        vm,
                        kind,
                        amount,
                        priority,
                        termMillis,
                        state,
                        fromHost,
                        borrowed,
                        explanation));
    }
}
