package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;

/**
 * Follows a chain of audit rows from its first one, as far as it holds. A ledger that is used for long removes its oldest rows:
 * then the first that is there is taken as it is, and {@code rackweaved ledger check} at the node checks it too.
 */
final class AuditVerification {
    private String head = AuditChain.START;
    private long rows;
    private boolean begun;
    private Optional<String> fault = Optional.empty();

    /** Takes the next row; after a fault, nothing is looked at any more. */
    void accept(AuditRow row) {
        if (fault.isPresent()) {
            return;
        }
        boolean isStart = !begun && row.number() > 1;
        begun = true;
        if (isStart) {
            head = row.hash();
            rows = row.number();
        } else if (row.number() != rows + 1) {
            fault = Optional.of("after row " + rows + " comes row " + row.number() + ": rows are missing or repeated");
        } else if (!AuditChain.holds(head, row)) {
            fault = Optional.of(
                    "row " + row.number() + " does not follow from what is before it: one of them was changed");
        } else {
            head = row.hash();
            rows = row.number();
        }
    }

    /** Says up to which row there should be rows. */
    void expectNewest(long newest) {
        if (fault.isEmpty() && rows < newest) {
            fault = Optional.of("the ledger is said to have " + newest + " rows, and gave " + rows);
        }
    }

    /** The number of the last row that holds. */
    long rows() {
        return rows;
    }

    /** The hash of the last row that holds. */
    String head() {
        return head;
    }

    /** What does not hold. */
    Optional<String> fault() {
        return fault;
    }
}
