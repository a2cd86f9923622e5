package org.rackweave.cli;

import java.util.List;
import java.util.Map;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WantView;

/** Leases and loans in every form. */
final class LoanText {
    private LoanText() {}

    static Shown loans(List<LoanView> loans, NodeNames names, Table.Style style) {
        Table table = new Table(style, "LOAN", "STATE", "KIND", ">AMOUNT", ">TERM", ">LEFT", "LENDERS");
        for (LoanView loan : loans) {
            Requirement requirement = loan.requirement();
            table.row(
                    loan.id().brief(),
                    loan.state().word(),
                    requirement.kind().word(),
                    Phrases.amount(requirement.kind(), requirement.amount()),
                    Phrases.rough(requirement.termMillis()),
                    left(loan),
                    loan.state() == LoanState.WAITING
                            ? loan.place()
                                    .map(at -> at.place() + " of " + at.of() + " in line")
                                    .orElse("in line")
                            : Phrases.orDash(lenders(loan, names)));
        }
        return new Shown(
                ViewTree.list(loans, ViewTree::loan),
                // Names are for scripts, which give back or renew what they are told: not what has ended.
                loans.stream()
                        .filter(loan -> loan.state() != LoanState.ENDED)
                        .map(loan -> loan.id().toString())
                        .toList(),
                loans.isEmpty() ? "" : table.toString());
    }

    static Shown loan(LoanView loan, NodeNames names, Table.Style style) {
        Requirement requirement = loan.requirement();
        Details details = new Details(style)
                .add("loan", loan.id().toString())
                .add("state", loan.state().word())
                .add("asked for", Phrases.amountOf(requirement.kind(), requirement.amount()))
                .add("capability", requirement.capability().orElse(""))
                .add("term", Phrases.rough(requirement.termMillis()))
                .add("priority", Integer.toString(requirement.priority()))
                .add("configuration", requirement.configuration().orElse(""))
                .add(
                        "latency",
                        requirement.worstLatency().map(worst -> worst.word()).orElse(""))
                .add(
                        "locality",
                        requirement.locality() == Locality.ANY
                                ? ""
                                : requirement.locality().word())
                .add(
                        "at least",
                        requirement.leastAmount() == requirement.amount()
                                ? ""
                                : Phrases.amountOf(requirement.kind(), requirement.leastAmount()))
                .add("in line", loan.place().map(at -> place(at, requirement)).orElse(""))
                .add("because", loan.explanation());
        StringBuilder text = new StringBuilder(details.toString());
        if (!loan.leases().isEmpty()) {
            Table table = new Table(style, "LEASE", "FROM", "STATE", ">AMOUNT", ">LEFT", "ATTACHMENT");
            for (LeaseView lease : loan.leases()) {
                table.row(
                        lease.id().brief(),
                        names.of(lease.slice().owner()),
                        lease.state().word(),
                        Phrases.amount(lease.kind(), lease.amount()),
                        left(lease),
                        lease.attachment().map(LoanText::attachment).orElse("-"));
            }
            text.append('\n').append(table);
        }
        return new Shown(ViewTree.loan(loan), List.of(loan.id().toString()), text.toString());
    }

    static Shown wants(List<WantView> wants, NodeNames names, Table.Style style) {
        Table table = new Table(style, "LOAN", "BY", ">PRIORITY", "KIND", ">AMOUNT", ">PLACE", ">COMING", ">WAITING");
        for (WantView want : wants) {
            Requirement requirement = want.requirement();
            table.row(
                    want.loan().brief(),
                    names.of(want.borrower()),
                    Integer.toString(requirement.priority()),
                    requirement.kind().word(),
                    Phrases.amount(requirement.kind(), want.amount()),
                    Integer.toString(want.place().place()),
                    Phrases.amount(requirement.kind(), want.place().coming()),
                    Phrases.rough(want.waitingMillis()));
        }
        return new Shown(
                ViewTree.list(wants, ViewTree::want),
                wants.stream().map(want -> want.loan().toString()).toList(),
                wants.isEmpty() ? "" : table.toString());
    }

    /** Where a demand stands, in words. */
    static String place(LinePlace at, Requirement requirement) {
        String coming = at.coming() == 0 ? "" : ", " + Phrases.amountOf(requirement.kind(), at.coming()) + " coming";
        return "place " + at.place() + " of " + at.of() + coming;
    }

    static Shown leases(List<LeaseView> leases, NodeNames names, Table.Style style) {
        Table table = new Table(style, "LEASE", "SLICE", "TO", "STATE", ">AMOUNT", ">LEFT", ">EPOCH", "REASON");
        for (LeaseView lease : leases) {
            table.row(
                    lease.id().brief(),
                    lease.slice().key(),
                    names.of(lease.borrower()),
                    lease.state().word(),
                    Phrases.amount(lease.kind(), lease.amount()),
                    left(lease),
                    Long.toString(lease.epoch().value()),
                    Phrases.orDash(lease.reason()));
        }
        return new Shown(
                ViewTree.list(leases, ViewTree::lease),
                leases.stream().map(lease -> lease.id().toString()).toList(),
                leases.isEmpty() ? "" : table.toString());
    }

    static Shown lease(LeaseView lease, NodeNames names, Table.Style style) {
        Details details = new Details(style)
                .add("lease", lease.id().toString())
                .add("loan", lease.loan().toString())
                .add("slice", lease.slice().key())
                .add("owner", names.of(lease.slice().owner()))
                .add("borrower", names.of(lease.borrower()))
                .add("state", lease.state().word())
                .add("amount", Phrases.amountOf(lease.kind(), lease.amount()))
                .add("epoch", Long.toString(lease.epoch().value()))
                .add("priority", Integer.toString(lease.priority()))
                .add("term", Phrases.rough(lease.termMillis()))
                .add("left", left(lease))
                .add("forced end", lease.forcedEnd().word())
                .add("fence", lease.fence().word())
                .add("attachment", lease.attachment().map(LoanText::attachment).orElse(""))
                .add(
                        "wiped",
                        lease.wipe()
                                .map(wipe -> wipe.method() + ", " + Phrases.size(wipe.verifiedBytes()) + " of "
                                        + Phrases.size(wipe.wipedBytes()) + " read back")
                                .orElse(""))
                .add("reason", lease.reason());
        Map<String, Object> tree = ViewTree.lease(lease);
        return new Shown(tree, List.of(lease.id().toString()), details.toString());
    }

    private static String attachment(Attachment attachment) {
        return attachment.kind() + " " + attachment.address();
    }

    /** Whoever is out first ends the loan. */
    private static String left(LoanView loan) {
        boolean holds = loan.state() == LoanState.ACTIVE && !loan.leases().isEmpty();
        return holds
                ? Phrases.rough(loan.leases().stream()
                        .mapToLong(LeaseView::remainingMillis)
                        .min()
                        .orElse(0))
                : "-";
    }

    private static String left(LeaseView lease) {
        return lease.state() == SliceState.FREE ? "-" : Phrases.rough(lease.remainingMillis());
    }

    private static String lenders(LoanView loan, NodeNames names) {
        return String.join(
                ", ",
                loan.leases().stream()
                        .map(lease -> names.of(lease.slice().owner()))
                        .distinct()
                        .toList());
    }
}
