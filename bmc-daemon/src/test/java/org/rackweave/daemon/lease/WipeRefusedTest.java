package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.daemon.lease.OneBorrower.LENDER;
import static org.rackweave.daemon.lease.OneBorrower.LOAN;
import static org.rackweave.daemon.lease.OneBorrower.OTHER;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.protocol.message.WipeProof;

/** What a borrower does with a grant whose certificate of a wipe is no proof. */
class WipeRefusedTest {
    private static final LoanId SECOND = new LoanId(3, 4);
    private static final WipeCertificate GOOD = certificate(3);

    private final OneBorrower me = new OneBorrower();

    @Test
    void aGrantWhoseWipeIsNotBelievedIsGivenBackAndNamedAndNothingOfItIsShown() {
        long token = me.borrow(LOAN, 1, LENDER);
        me.reserveAll();
        Effect.Ask commit = me.take().get(0);
        me.step(new LoanEvent.Answered(commit.exchange(), me.granting(commit), Optional.of("it is forged")));

        assertThat(me.refused(token).code()).isEqualTo(RefusalCode.UNAVAILABLE);
        assertThat(me.refused(token).detail())
                .contains("the wipe certificate of mem0 from lender " + LENDER.brief()
                        + " is not believed: it is forged");
        assertThat(me.state(LOAN)).isEqualTo(LoanState.RELEASING);
        assertThat(me.shown(LOAN).leases()).allMatch(lease -> lease.attachment().isEmpty());
        assertThat(me.asked(Command.Release.class)).hasSize(1);
        assertThat(me.said()).contains("loan.wipe-refused");
        assertThat(me.audited()).contains("daemon: loan.wipe-refused " + LOAN);
    }

    @Test
    void noPartOfALoanIsUsedWhenTheWipeOfOneOfItsSlicesIsNotBelieved() {
        me.borrow(LOAN, 2, LENDER);
        me.reserveAll();
        List<Effect.Ask> commits = me.take();
        me.say(commits.get(0), me.granting(commits.get(0)));
        me.step(new LoanEvent.Answered(
                commits.get(1).exchange(), me.granting(commits.get(1)), Optional.of("it is foreign")));
        assertThat(me.state(LOAN)).isEqualTo(LoanState.RELEASING);
        assertThat(me.asked(Command.Release.class)).hasSize(2);
    }

    @Test
    void whatIsToJoinAnActiveLoanIsGivenBackAndTheLoanStaysWhatItWas() {
        me.active(LOAN, 1, LENDER);
        long token = me.ask(new Command.ResizeLoan(LOAN, 2), LENDER);
        me.reserveAll();
        Effect.Ask commit = me.take().get(0);
        me.step(new LoanEvent.Answered(commit.exchange(), me.granting(commit), Optional.of("it is forged")));
        assertThat(me.refused(token).detail()).contains("it is forged");
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.asked(Command.Release.class)).hasSize(1);
    }

    @Test
    void aSliceWhoseWipeWasNotBelievedIsNotAskedForAgainBeforeAnHourIsOver() {
        refuseOne(LOAN, "mem0");
        me.borrow(SECOND, 4, LENDER);
        me.grantOnce();
        assertThat(me.asked(Command.Reserve.class)).as("three of four are left").isEmpty();
        me.borrow(new LoanId(3, 5), 3, LENDER);
        me.grantOnce();
        assertThat(me.asked(Command.Reserve.class))
                .extracting(Command.Reserve::sliceKey)
                .containsExactlyInAnyOrder("mem1", "mem2", "mem3");
        me.take();
        me.tickAt(me.now + 60 * 60_000);
        me.asked.clear();
        me.borrow(new LoanId(3, 6), 4, OTHER, LENDER);
        me.grantOnce();
        assertThat(me.asked(Command.Reserve.class)).hasSize(4);
    }

    @Test
    void aWipeFromBeforeThisNodeHeldTheSliceIsNoWipeOfWhatItLeft() {
        me.borrow(LOAN, 1, LENDER);
        me.reserveAll();
        grant(GOOD, new Epoch(4));
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        me.grantAll();
        me.ask(new Command.ReleaseLoan(LOAN));
        me.grantAll();

        long token = me.borrow(SECOND, 1, LENDER);
        me.reserveAll();
        grant(GOOD, new Epoch(5));
        assertThat(me.refused(token).detail())
                .contains("it is of epoch 3, and this node held the slice with epoch 4 since");
    }

    @Test
    void aWipeOfWhatThisNodeLeftItselfIsBelieved() {
        me.borrow(LOAN, 1, LENDER);
        me.reserveAll();
        grant(GOOD, new Epoch(4));
        me.grantAll();
        me.ask(new Command.ReleaseLoan(LOAN));
        me.grantAll();

        me.borrow(SECOND, 1, LENDER);
        me.reserveAll();
        grant(certificate(4), new Epoch(5));
        assertThat(me.state(SECOND)).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void theCertificateThatWasJudgedIsKeptWhateverRenewalsSay() {
        me.borrow(LOAN, 1, LENDER);
        me.reserveAll();
        grant(GOOD, new Epoch(4));
        Effect.Ask renewal = me.take().get(0);
        assertThat(renewal.command()).isInstanceOf(Command.Renew.class);
        me.say(renewal, with(me.granting(renewal), certificate(2), new Epoch(4)));
        assertThat(me.shown(LOAN).leases().get(0).wipe()).contains(GOOD);
    }

    private void refuseOne(LoanId loan, String key) {
        me.borrow(loan, 1, LENDER);
        me.reserveAll();
        Effect.Ask commit = me.take().get(0);
        me.step(new LoanEvent.Answered(commit.exchange(), me.granting(commit), Optional.of("it is forged")));
        assertThat(me.shown(loan).leases().get(0).slice().key()).isEqualTo(key);
        me.grantAll();
    }

    private void grant(WipeCertificate wipe, Epoch epoch) {
        Effect.Ask commit = me.take().get(0);
        me.say(commit, with(me.granting(commit), wipe, epoch));
    }

    private static Answer with(Answer granted, WipeCertificate wipe, Epoch epoch) {
        LeaseView view = ((Answer.Lease) granted).lease().withWipe(Optional.of(wipe));
        return new Answer.Lease(new LeaseView(
                view.id(),
                view.loan(),
                view.slice(),
                view.borrower(),
                view.state(),
                epoch,
                view.kind(),
                view.amount(),
                view.priority(),
                view.termMillis(),
                view.remainingMillis(),
                view.forcedEnd(),
                view.fence(),
                view.attachment(),
                view.wipe(),
                view.reason(),
                view.configuration()));
    }

    private static WipeCertificate certificate(long epoch) {
        return new WipeCertificate(
                "zero", 1, 1, new Epoch(epoch), Optional.of(WipeProof.of(new byte[] {(byte) epoch})));
    }
}
