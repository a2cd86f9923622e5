package org.rackweave.hal.cxl;

import java.util.Optional;

/** The table of commands: what each is called, whether it changes something, and how its request is read. */
public enum Opcode {
    IDENTIFY(0x0001, Effect.READS, "Identify", Identify.Request::read),
    BACKGROUND_STATUS(0x0002, Effect.READS, "Background Operation Status", BackgroundStatus.Request::read),
    GET_RESPONSE_LIMIT(0x0003, Effect.READS, "Get Response Message Limit", ResponseLimit.Get::read),
    SET_RESPONSE_LIMIT(0x0004, Effect.CHANGES, "Set Response Message Limit", ResponseLimit.Set::read),
    GET_EVENT_RECORDS(0x0100, Effect.READS, "Get Event Records", GetEventRecords.Request::read),
    CLEAR_EVENT_RECORDS(0x0101, Effect.CHANGES, "Clear Event Records", ClearEventRecords.Request::read),
    GET_EVENT_INTERRUPTS(0x0102, Effect.READS, "Get Event Interrupt Policy", EventInterrupts.Get::read),
    SET_EVENT_INTERRUPTS(0x0103, Effect.CHANGES, "Set Event Interrupt Policy", EventInterrupts.Set::read),
    GET_EVENT_NOTICES(0x0104, Effect.READS, "Get MCTP Event Interrupt Policy", EventNotices.Get::read),
    SET_EVENT_NOTICES(0x0105, Effect.CHANGES, "Set MCTP Event Interrupt Policy", EventNotices.Set::read),
    GET_FIRMWARE_INFO(0x0200, Effect.READS, "Get FW Info", FirmwareInfo.Request::read),
    GET_HEALTH_INFO(0x4200, Effect.READS, "Get Health Info", HealthInfo.Request::read),
    SANITIZE(0x4400, Effect.CHANGES, "Sanitize", Sanitize.Request::read),
    GET_SECURITY_STATE(0x4500, Effect.READS, "Get Security State", SecurityState.Request::read),
    IDENTIFY_SWITCH(0x5100, Effect.READS, "Identify Switch Device", IdentifySwitch.Request::read),
    GET_PORT_STATE(0x5101, Effect.READS, "Get Physical Port State", PortState.Request::read),
    CONTROL_PORT(0x5102, Effect.CHANGES, "Physical Port Control", PortControl.Request::read),
    SEND_PPB_CONFIG(0x5103, Effect.CHANGES, "Send PPB CXL.io Configuration Request", PpbConfig.Request::read),
    GET_DOMAIN_STATE(0x5104, Effect.READS, "Get Domain Validation SV State", DomainValidation.GetState::read),
    SET_DOMAIN_VALUE(0x5105, Effect.CHANGES, "Set Domain Validation SV", DomainValidation.Set::read),
    GET_VCS_DOMAIN_STATE(0x5106, Effect.READS, "Get VCS Domain Validation SV State", DomainValidation.GetStateOf::read),
    GET_DOMAIN_VALUE(0x5107, Effect.READS, "Get Domain Validation SV", DomainValidation.Get::read),
    GET_VCS_INFO(0x5200, Effect.READS, "Get Virtual CXL Switch Info", VcsInfo.Request::read),
    BIND_VPPB(0x5201, Effect.CHANGES, "Bind vPPB", BindVppb.Request::read),
    UNBIND_VPPB(0x5202, Effect.CHANGES, "Unbind vPPB", UnbindVppb.Request::read),
    GENERATE_AER(0x5203, Effect.CHANGES, "Generate AER Event", GenerateAer.Request::read),
    TUNNEL(0x5300, Effect.CHANGES, "Tunnel Management Command", Tunnel.Request::read),
    SEND_LD_CONFIG(0x5301, Effect.CHANGES, "Send LD CXL.io Configuration Request", LdConfig.Request::read),
    SEND_LD_MEMORY(0x5302, Effect.CHANGES, "Send LD CXL.io Memory Request", LdMemory.Request::read),
    GET_LD_INFO(0x5400, Effect.READS, "Get LD Info", LdInfo.Request::read),
    GET_LD_ALLOCATIONS(0x5401, Effect.READS, "Get LD Allocations", LdAllocations.Get::read),
    SET_LD_ALLOCATIONS(0x5402, Effect.CHANGES, "Set LD Allocations", LdAllocations.Set::read),
    GET_QOS_CONTROL(0x5403, Effect.READS, "Get QoS Control", QosControl.Get::read),
    SET_QOS_CONTROL(0x5404, Effect.CHANGES, "Set QoS Control", QosControl.Set::read),
    GET_QOS_STATUS(0x5405, Effect.READS, "Get QoS Status", QosStatus.Request::read),
    GET_QOS_ALLOCATED(0x5406, Effect.READS, "Get QoS Allocated BW", QosFractions.Get::readAllocated),
    SET_QOS_ALLOCATED(0x5407, Effect.CHANGES, "Set QoS Allocated BW", QosFractions.Set::readAllocated),
    GET_QOS_LIMIT(0x5408, Effect.READS, "Get QoS BW Limit", QosFractions.Get::readLimit),
    SET_QOS_LIMIT(0x5409, Effect.CHANGES, "Set QoS BW Limit", QosFractions.Set::readLimit),
    GET_MULTI_HEADED_INFO(0x5500, Effect.READS, "Get Multi-Headed Info", MultiHeadedInfo.Request::read),
    GET_HEAD_INFO(0x5501, Effect.READS, "Get Head Info", HeadInfo.Request::read),
    GET_DCD_INFO(0x5600, Effect.READS, "Get DCD Info", DcdInfo.Request::read),
    GET_DC_REGIONS(0x5601, Effect.READS, "Get Host DC Region Configuration", DcRegions.Get::read),
    SET_DC_REGION(0x5602, Effect.CHANGES, "Set DC Region Configuration", DcRegions.Set::read),
    GET_DC_EXTENTS(0x5603, Effect.READS, "Get DC Region Extent Lists", DcExtents.Request::read),
    ADD_DYNAMIC_CAPACITY(0x5604, Effect.CHANGES, "Initiate Dynamic Capacity Add", DcAdd.Request::read),
    RELEASE_DYNAMIC_CAPACITY(0x5605, Effect.CHANGES, "Initiate Dynamic Capacity Release", DcRelease.Request::read),
    ADD_DC_REFERENCE(0x5606, Effect.CHANGES, "Dynamic Capacity Add Reference", DcReference.Request::readAdd),
    REMOVE_DC_REFERENCE(0x5607, Effect.CHANGES, "Dynamic Capacity Remove Reference", DcReference.Request::readRemove),
    LIST_DC_TAGS(0x5608, Effect.READS, "Dynamic Capacity List Tags", DcTags.Request::read);

    /** Whether a command that was not answered may have changed something. */
    public enum Effect {
        READS,
        CHANGES
    }

    /** Reads the payload of a request. */
    interface RequestReader {
        FmRequest<?> read(PayloadReader in, Dialect dialect) throws MalformedException;
    }

    private static final Opcode[] ALL = values();

    private final int number;
    private final Effect effect;
    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // A reference to a static function holds nothing.
    private final RequestReader reader;

    Opcode(int number, Effect effect, String title, RequestReader reader) {
        this.number = number;
        this.effect = effect;
        this.title = title;
        this.reader = reader;
    }

    /** The number on the wire, such as 0x5201. */
    public int number() {
        return number;
    }

    public Effect effect() {
        return effect;
    }

    /** The name in the specification. */
    public String title() {
        return title;
    }

    FmRequest<?> readRequest(PayloadReader in, Dialect dialect) throws MalformedException {
        return reader.read(in, dialect);
    }

    /** The command of this number; empty when it is none that is spoken here. */
    public static Optional<Opcode> of(int number) {
        for (Opcode each : ALL) {
            if (each.number == number) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
