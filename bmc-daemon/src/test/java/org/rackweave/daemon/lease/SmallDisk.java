package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.SliceState;

/** The ledger of one node of a {@link SmallRack}. */
final class SmallDisk {
    final Map<String, SliceRow> slices = new TreeMap<>();
    final Map<LoanId, LoanRow> loans = new LinkedHashMap<>();
    final Map<LoanId, WantRow> wants = new LinkedHashMap<>();

    /** What happened in a run, so that it can be told and so that it is known to have been a run that shows something. */
    static final class Tally {
        final List<String> history = new ArrayList<>();
        int grants;
        int losses;
        int crashes;
        int fences;
        int reboots;
        int overdues;
        int refusals;
        int reclaims;
    }

    void write(List<Effect> effects, String who, Tally tally) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.SaveSlice save) {
                SliceRow row = save.row();
                SliceRow before = slices.put(row.key(), row);
                if (before == null || before.state() != row.state()) {
                    tally.history.add(who + "/" + row.key() + " " + row.state() + " epoch "
                            + row.epoch().value() + " " + row.reason());
                    tally.grants += row.state() == SliceState.ACTIVE ? 1 : 0;
                    tally.fences += row.state() == SliceState.FENCING ? 1 : 0;
                    tally.overdues += row.state() == SliceState.OVERDUE ? 1 : 0;
                }
            } else if (effect instanceof Effect.SaveLoan save) {
                LoanRow row = save.row();
                LoanRow before = loans.put(row.id(), row);
                if (before == null || before.state() != row.state()) {
                    tally.history.add(who + " loan " + row.id().brief() + " " + row.state() + " " + row.explanation());
                    tally.losses += row.state() == LoanState.LOST ? 1 : 0;
                }
            } else if (effect instanceof Effect.ForgetLoan forget) {
                loans.remove(forget.loan());
            } else if (effect instanceof Effect.SaveWant save) {
                wants.put(save.row().loan(), save.row());
            } else if (effect instanceof Effect.ForgetWant forget) {
                wants.remove(forget.loan());
            } else if (effect instanceof Effect.Reclaimed) {
                tally.reclaims++;
            }
        }
    }
}
