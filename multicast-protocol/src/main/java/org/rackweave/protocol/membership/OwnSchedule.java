package org.rackweave.protocol.membership;

import static org.rackweave.protocol.membership.Entry.NEVER;

import java.util.List;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Offering;

/** When this node itself has to speak, and what it then says. */
final class OwnSchedule {
    /**
     * A goodbye is not repeated by any timer, so it is said three times: at 10 % loss all but one in a thousand hear
     * it.
     */
    static final int GOODBYES = 3;

    private final MembershipTiming timing;
    private final Jitter jitter;
    private Offering offering;
    private long version = 1;
    private long announceAtMillis = NEVER;
    private long nextAnnounceAllowedMillis;
    private long helloAtMillis = NEVER;
    private Hello.Purpose helloPurpose = Hello.Purpose.TELL;
    private Hello.Seal helloSeal = Hello.Seal.GROUP;
    private long nextHelloAllowedMillis;
    private long nextAskAllowedMillis;
    private long askGapMillis;
    /** Its first hello is out. Nobody has heard of it before, so that one asks whatever others asked. */
    private boolean isSettled;

    OwnSchedule(MembershipTiming timing, Jitter jitter, Offering offering) {
        this.timing = timing;
        this.jitter = jitter;
        this.offering = offering;
        this.askGapMillis = timing.helloGapMillis();
    }

    long version() {
        return version;
    }

    Offering offering() {
        return offering;
    }

    long nextDeadlineMillis() {
        return Math.min(announceAtMillis, helloAtMillis);
    }

    void start(long nowMillis) {
        helloAtMillis = nowMillis + jitter.upTo(timing.bootDelayMillis());
        helloPurpose = Hello.Purpose.ASK;
        // It may have been away for longer than any group key lasts.
        helloSeal = Hello.Seal.ENTRY;
        // After the hello: nobody can check an announcement of a boot key that it does not know.
        announceAtMillis = helloAtMillis + timing.changeGapMillis();
        nextAnnounceAllowedMillis = announceAtMillis;
        nextHelloAllowedMillis = helloAtMillis;
    }

    void offer(Offering newer, long nowMillis) {
        boolean urgent = offering.differsUrgentlyFrom(newer);
        offering = newer;
        if (urgent) {
            version++;
            if (announceAtMillis != NEVER) {
                announceAtMillis = Math.min(announceAtMillis, Math.max(nowMillis, nextAnnounceAllowedMillis));
            }
        }
    }

    /**
     * Somebody asked. All neighbours were asked at once, so the answers are spread over a period; and under the same key, as the one
     * that asked may have no other. Answers under the entry key are heard by all, so this node need not ask for them too.
     */
    void answer(Hello.Seal seal, int nodes, long nowMillis) {
        if (seal == Hello.Seal.ENTRY && helloAtMillis != NEVER && isSettled) {
            helloPurpose = Hello.Purpose.TELL;
            nextAskAllowedMillis = Math.max(nextAskAllowedMillis, nowMillis + askGapMillis);
        }
        planHello(Hello.Purpose.TELL, seal, nowMillis + jitter.upTo(timing.periodMillis(nodes)));
    }

    /**
     * Somebody speaks whose key is not known. One question reaches every neighbour, and an outsider can provoke it:
     * each that explains nothing doubles the wait for the next.
     */
    void ask(Hello.Seal seal, int nodes, long nowMillis) {
        if (helloAtMillis == NEVER || nowMillis < nextAskAllowedMillis) {
            return;
        }
        planHello(Hello.Purpose.ASK, seal, nowMillis + jitter.upTo(timing.periodMillis(nodes)));
        nextAskAllowedMillis = nowMillis + askGapMillis;
        askGapMillis = Math.min(askGapMillis * 2, timing.helloPeriodMillis());
    }

    /** A question was worth it. */
    void newcomerHeard() {
        askGapMillis = timing.helloGapMillis();
    }

    void carryOutDue(int nodes, long nowMillis, List<MembershipEffect> effects) {
        long periodMillis = timing.periodMillis(nodes);
        if (nowMillis >= helloAtMillis) {
            effects.add(new MembershipEffect.SendHello(helloPurpose, helloSeal));
            nextHelloAllowedMillis = nowMillis + Math.max(timing.helloGapMillis(), periodMillis);
            helloAtMillis = nowMillis + jittered(timing.helloPeriodMillis());
            helloPurpose = Hello.Purpose.TELL;
            helloSeal = Hello.Seal.GROUP;
            isSettled = true;
        }
        if (nowMillis >= announceAtMillis) {
            effects.add(new MembershipEffect.SendAnnounce(version, periodMillis, offering));
            nextAnnounceAllowedMillis = nowMillis + timing.changeGapMillis();
            announceAtMillis = nowMillis + jittered(periodMillis);
        }
    }

    void leave(String reason, List<MembershipEffect> effects) {
        announceAtMillis = NEVER;
        helloAtMillis = NEVER;
        for (int goodbye = 0; goodbye < GOODBYES; goodbye++) {
            effects.add(new MembershipEffect.SendLeave(reason));
        }
    }

    private void planHello(Hello.Purpose purpose, Hello.Seal seal, long atMillis) {
        if (helloAtMillis == NEVER) {
            return;
        }
        helloAtMillis = Math.min(helloAtMillis, Math.max(atMillis, nextHelloAllowedMillis));
        if (purpose == Hello.Purpose.ASK) {
            helloPurpose = Hello.Purpose.ASK;
        }
        if (seal == Hello.Seal.ENTRY) {
            helloSeal = Hello.Seal.ENTRY;
        }
    }

    private long jittered(long millis) {
        long spread = millis * timing.jitterPercent() / 100;
        return millis - spread + jitter.upTo(2 * spread);
    }
}
