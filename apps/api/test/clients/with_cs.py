"""What people do with `cs` (Debian's python3-cs), in GET and POST. CLOUDSTACK_ENDPOINT, _KEY and _SECRET say where."""
import os
import sys

from cs import CloudStack, CloudStackException

ENDPOINT, KEY, SECRET = (os.environ['CLOUDSTACK_' + name] for name in ('ENDPOINT', 'KEY', 'SECRET'))
DISPLAY_NAME = 'Web * Server+1 é [a,b]/x'


def refused(call, **parameters):
    try:
        call(**parameters)
    except CloudStackException as error:
        return error.error
    raise AssertionError('not refused')


def pages(call, size, **parameters):
    found, page = [], 1
    while True:
        answer = call(page=page, pagesize=size, **parameters)
        objects = [value for key, value in answer.items() if key != 'count']
        if not objects:
            return found
        found += objects[0]
        page += 1


def check(method):
    api = CloudStack(ENDPOINT, KEY, SECRET, method=method, timeout=60, poll_interval=0.1)
    zone = api.listZones(fetch_list=True)[0]
    template = api.listTemplates(templatefilter='executable', fetch_list=True)[0]
    size = next(item for item in api.listServiceOfferings(fetch_list=True) if item['name'] == 'tiny')
    assert api.listProjects(fetch_list=True) == []
    assert len(api.listOsTypes(fetch_list=True)) > 50

    machines = []
    for number in range(3):
        started = api.deployVirtualMachine(
            zoneid=zone['id'], templateid=template['id'], serviceofferingid=size['id'], name=f'{method}-{number}',
            displayname=DISPLAY_NAME, startvm=number == 0, details=[{'shelf': 'top'}], fetch_result=True)
        machines.append(started['virtualmachine'])
    assert [machine['state'] for machine in machines] == ['Running', 'Stopped', 'Stopped'], machines
    assert {machine['displayname'] for machine in machines} == {DISPLAY_NAME}

    everything = api.listVirtualMachines(fetch_list=True)
    assert len(everything) == 3
    assert [vm['id'] for vm in pages(api.listVirtualMachines, 2)] == [vm['id'] for vm in everything]
    assert api.listVirtualMachines(ids=[machines[0]['id'], machines[1]['id']])['count'] == 2
    assert api.listVirtualMachines(keyword='a~b') == {}
    assert api.listVirtualMachines(tags=[{'key': 'owner', 'value': 'nobody'}]) == {}

    gone = refused(api.startVirtualMachine, id='nonsense')
    assert gone['errorcode'] == 431 and 'parameter id value=nonsense' in gone['errortext'], gone
    assert refused(api.listNonsense)['errorcode'] == 432
    assert refused(api.deployVirtualMachine)['errorcode'] == 431
    assert refused(CloudStack(ENDPOINT, KEY, 'wrong', method=method).listZones)['errorcode'] == 401
    assert CloudStack(ENDPOINT, KEY, SECRET, method=method, expiration=-1).listZones()['count'] == 1

    for machine in machines:
        destroyed = api.destroyVirtualMachine(id=machine['id'], expunge=True, fetch_result=True)
        assert destroyed['virtualmachine']['state'] == 'Expunging', destroyed
    assert api.listVirtualMachines(fetch_list=True) == []


for method in sys.argv[1:]:
    check(method)
    print(method, 'done')
