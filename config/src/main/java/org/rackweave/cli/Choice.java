package org.rackweave.cli;

import java.util.List;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanView;

/** Finds the one lease or loan that somebody means by the start of an identifier. */
final class Choice {
    private Choice() {}

    /** The loan with that identifier, or with a lease in it that has it. */
    static LoanView loan(List<LoanView> loans, IdPrefix id) throws CommandFailed {
        List<LoanView> found = loans.stream()
                .filter(loan -> id.fits(loan.id().toString())
                        || loan.leases().stream()
                                .anyMatch(lease -> id.fits(lease.id().toString())))
                .toList();
        return only(
                found,
                found.stream().map(loan -> loan.id().toString()).toList(),
                "this node has no loan, and no lease in one, that begins with " + id.digits(),
                "see 'rackweave loans'; a loan is known to its borrower: name that one with --node");
    }

    /** The lease that this node lends. */
    static LeaseView lease(List<LeaseView> leases, IdPrefix id) throws CommandFailed {
        List<LeaseView> found =
                leases.stream().filter(lease -> id.fits(lease.id().toString())).toList();
        return only(
                found,
                found.stream().map(lease -> lease.id().toString()).toList(),
                "this node lends no lease that begins with " + id.digits(),
                "see 'rackweave leases'; a lease is known to its owner: name that one with --node");
    }

    private static <T> T only(List<T> found, List<String> ids, String none, String advice) throws CommandFailed {
        if (found.isEmpty()) {
            throw new CommandFailed(ExitCode.NOT_FOUND, none, advice);
        }
        if (found.size() > 1) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "that is the start of " + found.size() + " identifiers",
                    "write more of it: " + String.join(", ", ids));
        }
        return found.get(0);
    }
}
