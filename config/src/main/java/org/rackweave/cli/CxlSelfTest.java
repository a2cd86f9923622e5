package org.rackweave.cli;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponse;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.LdAllocations;
import org.rackweave.hal.cxl.LdInfo;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.QosControl;
import org.rackweave.hal.cxl.QosFractions;
import org.rackweave.hal.cxl.QosStatus;
import org.rackweave.hal.cxl.ResponseLimit;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.VcsInfo;

/** Every command that only reads, sent once to a CXL switch; what goes to a device goes to the first pooled one. */
final class CxlSelfTest {
    private final Supplier<FmClient> client;
    private OptionalInt firstPort = OptionalInt.empty();
    private OptionalInt firstVirtualSwitch = OptionalInt.empty();
    private OptionalInt pooled = OptionalInt.empty();

    CxlSelfTest(Supplier<FmClient> client) {
        this.client = client;
    }

    /** In an order in which the earlier ones say what the later ones are about. */
    List<SelfCheck> checks() {
        List<SelfCheck> checks = new ArrayList<>();
        checks.add(new SelfCheck(
                "Identify, and which dialect", () -> found(client.get().greet(), this::said)));
        checks.add(toSwitch(new BackgroundStatus.Request(), status -> SwitchWords.word(status.activity())));
        checks.add(toSwitch(new ResponseLimit.Get(), limit -> (1 << limit.power()) + " bytes"));
        checks.add(toSwitch(new IdentifySwitch.Request(), this::said));
        checks.add(about("Get Physical Port State", () -> firstPort, port -> {
            Outcome<PortState.Response> asked = client.get().call(new PortState.Request(List.of(port)));
            return found(asked, states -> states.ports().size() + " ports in the answer");
        }));
        checks.add(about("Get Virtual CXL Switch Info", () -> firstVirtualSwitch, id -> {
            Outcome<VcsInfo.Response> asked = client.get().call(VcsInfo.Request.allOf(id));
            return found(asked, info -> info.virtualSwitches().size() + " virtual switches in the answer");
        }));
        checks.add(new SelfCheck(
                "all ports and virtual switches", () -> found(SwitchInventory.read(client.get()), this::said)));
        checks.add(toDevice(
                new Identify.Request(), identity -> "serial " + HexFormat.of().toHexDigits(identity.serial())));
        checks.add(toDevice(
                new LdInfo.Request(), info -> info.logicalDevices() + " in " + Phrases.size(info.memoryBytes())));
        checks.add(toDevice(
                new LdAllocations.Get(0, 1),
                held -> "in units of " + Phrases.size(held.granularity().bytes())));
        checks.add(toDevice(new QosControl.Get(), control -> "settings"));
        checks.add(toDevice(new QosStatus.Request(), status -> status.backpressurePercent() + " % back-pressure"));
        for (QosFractions.Of of : QosFractions.Of.values()) {
            checks.add(toDevice(new QosFractions.Get(of, 1, 0), fractions -> "fractions"));
        }
        checks.add(about("Identify, to logical device 0", () -> pooled, port -> {
            Outcome<Identify.Response> asked = client.get().callLogicalDevice(port, 0, new Identify.Request());
            return found(asked, identity -> "answers through two tunnels");
        }));
        return checks;
    }

    private String said(FmClient.Greeting greeting) {
        return greeting.dialect().word() + ", serial "
                + HexFormat.of().toHexDigits(greeting.identity().serial());
    }

    private String said(IdentifySwitch.Response identity) {
        firstPort = first(identity.activePorts().ids());
        firstVirtualSwitch = first(identity.activeVirtualSwitches().ids());
        return identity.ports() + " ports, " + identity.virtualSwitches() + " virtual switches";
    }

    private String said(SwitchInventory inventory) {
        pooled = inventory.ports().stream()
                .filter(port -> port.device() == PortState.Device.TYPE_3_MLD)
                .mapToInt(PortState.Port::id)
                .findFirst();
        return inventory.ports().size() + " ports, "
                + inventory.virtualSwitches().size() + " virtual switches";
    }

    private static OptionalInt first(int[] ids) {
        return ids.length == 0 ? OptionalInt.empty() : OptionalInt.of(ids[0]);
    }

    private <R extends FmResponse> SelfCheck toSwitch(FmRequest<R> request, Function<R, String> said) {
        return new SelfCheck(request.opcode().title(), () -> found(client.get().call(request), said));
    }

    private <R extends FmResponse> SelfCheck toDevice(FmRequest<R> request, Function<R, String> said) {
        return about(
                request.opcode().title() + ", to a device",
                () -> pooled,
                port -> found(client.get().callThrough(port, request), said));
    }

    private static SelfCheck about(
            String what, Supplier<OptionalInt> subject, Function<Integer, SelfCheck.Finding> question) {
        return new SelfCheck(what, () -> {
            OptionalInt found = subject.get();
            return found.isEmpty()
                    ? SelfCheck.Finding.notKnown("there is none to ask about")
                    : question.apply(found.getAsInt());
        });
    }

    private static <R> SelfCheck.Finding found(Outcome<R> outcome, Function<R, String> said) {
        return switch (outcome.kind()) {
            case ANSWERED -> SelfCheck.Finding.pass(said.apply(((Outcome.Answered<R>) outcome).response()));
            case DECLINED -> {
                ReturnCode code = ((Outcome.Declined<R>) outcome).code();
                yield code.equals(ReturnCode.UNSUPPORTED)
                        ? SelfCheck.Finding.notKnown(code.toString())
                        : SelfCheck.Finding.fail("declined: " + code);
            }
            case NOT_SENT -> SelfCheck.Finding.fail("not sent: " + ((Outcome.NotSent<R>) outcome).why());
            case UNKNOWN -> SelfCheck.Finding.fail(((Outcome.Unknown<R>) outcome).why());
        };
    }
}
