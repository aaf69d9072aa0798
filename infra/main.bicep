// Haven VLM as an Azure Functions app in a container on Azure Container Apps, for `azd up`.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; names of all resources derive from it.')
param environmentName string

@minLength(1)
@description('Region of all resources.')
param location string

@description('Object id of who deploys, who may then put haven.yaml into the storage account; empty = nobody.')
param principalId string = ''

@description('Whether the container app exists already; azd says so, and then its image is kept.')
param functionsExists bool = false

@description('Address of Stash as the app reaches it, for example https://stash.example.org.')
param stashUrl string

@secure()
@minLength(1)
@description('API key of Stash. Kept in Key Vault.')
param stashApiKey string

@description('Name of the model that the endpoint serves.')
param vlmModel string

@description('Base address of the OpenAI-compatible endpoint, for example https://api.openai.com/v1.')
param vlmEndpointUrl string

@secure()
@description('API key of the endpoint; empty = none. Kept in Key Vault.')
param vlmEndpointKey string = ''

@minValue(1)
@maxValue(1000)
@description('Requests at once that the endpoint is promised, over all replicas.')
param vlmMaxConcurrent int = 4

@description('When the library is looked through for request tags: NCRONTAB with six fields, UTC.')
param sweepSchedule string = '0 */15 * * * *'

@minValue(1)
@maxValue(30)
@description('Most replicas of the app. Each runs up to 64 activities at once; what they ask is bounded by vlmMaxConcurrent over all of them.')
param maxReplicas int = 3

var tags = { 'azd-env-name': environmentName }
var token = toLower(uniqueString(subscription().id, environmentName, location))

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-haven-${token}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: { token: token, location: location, tags: tags }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'sthaven${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    deployerId: principalId
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    stashApiKey: stashApiKey
    vlmEndpointKey: vlmEndpointKey
    hasEndpointKey: !empty(vlmEndpointKey)
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: { name: 'crhaven${token}', location: location, tags: tags, principalId: identity.outputs.principalId }
}

module functions 'modules/functions.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    exists: functionsExists
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    registryLoginServer: registry.outputs.loginServer
    logAnalyticsName: monitoring.outputs.logAnalyticsName
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    stashUrl: stashUrl
    stashApiKeySecretUri: vault.outputs.stashApiKeyUri
    vlmModel: vlmModel
    vlmEndpointUrl: vlmEndpointUrl
    vlmEndpointKeySecretUri: vault.outputs.vlmEndpointKeyUri
    vlmMaxConcurrent: vlmMaxConcurrent
    sweepSchedule: sweepSchedule
    maxReplicas: maxReplicas
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.loginServer
output AZURE_STORAGE_ACCOUNT string = storage.outputs.name
output HAVEN_URL string = functions.outputs.url
