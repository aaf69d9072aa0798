// The Functions app: a container app of the kind that scales by what its functions are triggered by.
param token string
param location string
param tags object
param exists bool
param identityId string
param identityClientId string
param storageAccountName string
param registryLoginServer string
param logAnalyticsName string
param applicationInsightsConnectionString string
param stashUrl string
param stashApiKeySecretUri string
param vlmModel string
param vlmEndpointUrl string
param vlmEndpointKeySecretUri string
param vlmMaxConcurrent int
param sweepSchedule string
param maxReplicas int

var name = 'ca-haven-${token}'
var hasEndpointKey = !empty(vlmEndpointKeySecretUri)

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: logAnalyticsName
}

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
    workloadProfiles: [
      { name: 'Consumption', workloadProfileType: 'Consumption' }
    ]
  }
}

module image 'image.bicep' = {
  params: { exists: exists, name: name }
}

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    managedEnvironmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: 80
        transport: 'auto'
        allowInsecure: false
      }
      registries: [
        { server: registryLoginServer, identity: identityId }
      ]
      secrets: concat(
        [
          { name: 'stash-api-key', keyVaultUrl: stashApiKeySecretUri, identity: identityId }
        ],
        hasEndpointKey ? [{ name: 'vlm-endpoint-key', keyVaultUrl: vlmEndpointKeySecretUri, identity: identityId }] : []
      )
    }
    template: {
      // A chunk under way is finished or put down within this time when a replica is taken away.
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'functions'
          image: image.outputs.image
          resources: { cpu: json('2.0'), memory: '4Gi' }
          env: concat(
            [
              { name: 'AzureWebJobsStorage__accountName', value: storageAccountName }
              { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
              { name: 'AzureWebJobsStorage__clientId', value: identityClientId }
              { name: 'AzureWebJobsSecretStorageType', value: 'blob' }
              { name: 'AzureWebJobsDisableHomepage', value: 'true' }
              { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'dotnet-isolated' }
              // Durable Functions makes no client without it.
              { name: 'WEBSITE_HOSTNAME', value: '${name}.${environment.properties.defaultDomain}' }
              { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: applicationInsightsConnectionString }
              { name: 'HavenVlm__Stash__Url', value: stashUrl }
              { name: 'HavenVlm__Stash__ApiKey', secretRef: 'stash-api-key' }
              { name: 'HavenVlm__Stash__Media', value: 'stream' }
              { name: 'HavenVlm__Server__PublicUrl', value: 'https://${name}.${environment.properties.defaultDomain}' }
              { name: 'HavenVlm__Sweep__Schedule', value: sweepSchedule }
              { name: 'HavenVlm__Vlm__Model', value: vlmModel }
              { name: 'HavenVlm__Vlm__Endpoints__0__Name', value: 'endpoint' }
              { name: 'HavenVlm__Vlm__Endpoints__0__BaseUrl', value: vlmEndpointUrl }
              { name: 'HavenVlm__Vlm__Endpoints__0__MaxConcurrent', value: string(vlmMaxConcurrent) }
            ],
            hasEndpointKey ? [{ name: 'HavenVlm__Vlm__Endpoints__0__ApiKey', secretRef: 'vlm-endpoint-key' }] : []
          )
        }
      ]
      // One replica stays: the task hub's timers and the first call do not wait for a start.
      scale: { minReplicas: 1, maxReplicas: maxReplicas }
    }
  }
}

output url string = 'https://${app.properties.configuration.ingress.fqdn}'
